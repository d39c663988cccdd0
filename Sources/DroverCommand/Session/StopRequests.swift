#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The wishes of a person or a supervisor that a worker stop: the first lets running jobs finish, the second does not.
enum StopRequests {
    /// SIGTERM and SIGINT to this process. From the moment this returns they no longer end it by themselves.
    static func ofProcess() -> AsyncStream<Void> {
        AsyncStream { continuation in
            let sources = [SIGTERM, SIGINT].map { SignalSource($0) { continuation.yield() } }
            continuation.onTermination = { _ in sources.forEach { $0.cancel() } }
        }
    }

    /// Nobody ever asks.
    static func never() -> AsyncStream<Void> { AsyncStream { _ in } }
}
