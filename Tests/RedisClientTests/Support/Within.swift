import DroverTesting

/// Gives up on `body` after a time: a call that hangs must fail the test and not stop it.
func within<T: Sendable>(
    _ what: String, timeout: Duration = .seconds(300), _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    let end = Probe<Void>(what)
    let task = Task {
        defer { end.signal() }
        return try await body()
    }
    try await end.wait(timeout: timeout)
    return try await task.value
}
