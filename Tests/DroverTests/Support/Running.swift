import Drover
import DroverTesting
import Logging
import Testing

/// A logger that says nothing.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A service on a store, in silence.
func makeService(_ store: any JobStore, _ configuration: ServiceConfiguration = .init()) -> JobService {
    JobService(store: store, configuration: configuration, logger: quiet)
}

/// Runs a service while `body` does, then shuts it down and waits until it has returned.
func running<Result>(_ service: JobService, _ body: () async throws -> Result) async throws -> Result {
    let run = Task { try await service.run() }
    do {
        let result = try await body()
        service.stop()
        try await run.value
        return result
    } catch {
        run.cancel()
        try? await run.value  // the error of the body is the one to show
        throw error
    }
}

/// Waits for a service to return.
func returned(_ run: Task<Void, any Error>, within span: Duration = .seconds(120)) async throws {
    let done = Probe<Void>("the service returned")
    let watch = Task {
        defer { done.signal() }
        try await run.value
    }
    try await done.wait(timeout: span)
    try await watch.value
}

extension JobStore {
    /// The job, which must be there.
    func job(_ key: JobKey) async throws -> JobRecord {
        try #require(try await jobs([key])[0])
    }

    /// Follows the queue's events from its beginning until one that fits.
    @discardableResult
    func event(
        in queue: QueueName, where fits: (JobEvent) -> Bool
    ) async throws -> JobEvent {
        var start = EventQuery.Start.beginning
        for _ in 0..<10_000 {
            let page = try await events(
                EventQuery(queue: queue, start: start, limit: 1000), waitingAtMost: .seconds(120))
            if let event = page.events.first(where: fits) { return event }
            if page.events.isEmpty { break }
            start = .after(page.next)
        }
        throw MissingEvent(queue: queue)
    }
}

/// No event came that a test waited for.
struct MissingEvent: Error {
    var queue: QueueName
}
