import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Tells when a file is written to, by whichever process.
///
/// The kernel says so (inotify on Linux, a vnode source elsewhere), so that an
/// idle process costs nothing and a commit of another is seen at once. The
/// callback runs on a queue of its own; several writes may come as one call.
final class FileWatch: Sendable {
    private let source: Mutex<(any DispatchSourceProtocol)?>

    /// Starts watching; nil when the file can't be watched.
    init?(path: String, onChange: @escaping @Sendable () -> Void) {
        guard let source = Self.makeSource(path: path, onChange: onChange) else { return nil }
        self.source = Mutex(source)
    }

    private static func makeSource(
        path: String, onChange: @escaping @Sendable () -> Void
    ) -> sending (any DispatchSourceProtocol)? {
        let queue = DispatchQueue(label: "drover.sqlite.watch")
        #if os(Linux)
        let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        guard inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
            close(descriptor)
            return nil
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            onChange()
        }
        #else
        let descriptor = open(path, O_EVTONLY)
        guard descriptor >= 0 else { return nil }
        let source = DispatchSource.makeFileSystemObjectSource(
            fileDescriptor: descriptor, eventMask: [.write, .extend], queue: queue)
        source.setEventHandler { onChange() }
        #endif
        source.setCancelHandler { close(descriptor) }
        source.resume()
        return source
    }

    /// Stops watching.
    func cancel() {
        source.withLock { source in
            source?.cancel()
            source = nil
        }
    }
}
