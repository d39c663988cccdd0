import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The kernel's word that a file was written to, by whichever process.
final class LogSignal: Sendable {
    /// Called when the file was written to; several writes may be told at once. Returns whether the signals may rest
    /// for a while, because the next ones would bring nothing new.
    typealias Handler = @Sendable () -> Bool

    private let stop: @Sendable () -> Void

    /// Starts; nil when the system does not tell, for example because it watches too many files already.
    ///
    /// - Parameters:
    ///   - path: an existing file.
    ///   - onChange: called on a serial queue, and maybe once more when the signal has been cancelled.
    init?(path: String, onChange: @escaping Handler) {
        guard let stop = Self.start(path, onChange) else { return nil }
        self.stop = stop
    }

    /// To be called once.
    func cancel() { stop() }

    #if os(Linux)
    private static func start(_ path: String, _ onChange: @escaping Handler) -> (@Sendable () -> Void)? {
        guard let notifier = FileNotifier.shared, let place = notifier.add(path, onChange) else { return nil }
        return { notifier.remove(place) }
    }
    #else
    private static func start(_ path: String, _ onChange: @escaping Handler) -> (@Sendable () -> Void)? {
        let descriptor = open(path, O_EVTONLY)
        guard descriptor >= 0 else { return nil }
        let source = DispatchSource.makeFileSystemObjectSource(
            fileDescriptor: descriptor, eventMask: [.write, .extend], queue: DispatchQueue(label: "drover.sqlite.log"))
        source.setEventHandler { _ = onChange() }
        source.setCancelHandler { close(descriptor) }
        source.resume()
        return { source.cancel() }
    }
    #endif
}
