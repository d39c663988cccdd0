import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Calls back for each arrival of one signal, until it is cancelled.
final class SignalSource: Sendable {
    private let source: Mutex<(any DispatchSourceSignal)?>

    init(_ number: Int32, onArrival: @escaping @Sendable () -> Void) {
        source = Mutex(Self.start(number, onArrival))
    }

    private static func start(
        _ number: Int32, _ onArrival: @escaping @Sendable () -> Void
    ) -> sending any DispatchSourceSignal {
        // Ignored by the system's own handling, the signal still reaches the source.
        _ = signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(
            signal: number, queue: DispatchQueue(label: "drover.signals"))
        source.setEventHandler { onArrival() }
        source.resume()
        return source
    }

    func cancel() {
        source.withLock { source in
            source?.cancel()
            source = nil
        }
    }
}
