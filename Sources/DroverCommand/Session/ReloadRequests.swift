#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The wishes of a person or a supervisor that a configuration be read again.
enum ReloadRequests {
    /// SIGHUP to this process. From the moment this returns it no longer ends it by itself.
    static func ofProcess() -> AsyncStream<Void> {
        AsyncStream { continuation in
            let source = SignalSource(SIGHUP) { continuation.yield() }
            continuation.onTermination = { _ in source.cancel() }
        }
    }
}
