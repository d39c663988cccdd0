#if os(Linux)
import Dispatch
import Glibc
import Synchronization

/// The one inotify instance of this process: a user may have few of them (`fs.inotify.max_user_instances`, 128 by
/// default), but many watches in each.
final class FileNotifier: Sendable {
    /// One handler of one file.
    struct Place {
        fileprivate let watch: Int32
        fileprivate let number: Int
    }

    private struct State {
        /// The handlers by watch: all that watch the same file share one.
        var handlers: [Int32: [Int: LogSignal.Handler]] = [:]
        var lastNumber = 0
        /// Never cancelled: the notifier lives as long as the process.
        var source: (any DispatchSourceRead)?
    }

    /// How long all signals rest when a handler allows it.
    private static let rest = DispatchTimeInterval.milliseconds(5)

    /// Nil when the user has no instance left; asked once in the life of a process.
    static let shared = FileNotifier()

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "drover.sqlite.log")
    private let state = Mutex(State())

    private init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        state.withLock { state in
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [unowned self] in deliver() }
            source.resume()
            state.source = source
        }
    }

    /// Adds a handler; nil when the file can't be watched.
    func add(_ path: String, _ handler: @escaping LogSignal.Handler) -> Place? {
        state.withLock { state in
            let watch = inotify_add_watch(descriptor, path, UInt32(IN_MODIFY))
            guard watch >= 0 else { return nil }
            state.lastNumber += 1
            state.handlers[watch, default: [:]][state.lastNumber] = handler
            return Place(watch: watch, number: state.lastNumber)
        }
    }

    /// Removes a handler; it may be under way.
    func remove(_ place: Place) {
        state.withLock { state in
            state.handlers[place.watch]?[place.number] = nil
            guard state.handlers[place.watch]?.isEmpty == true else { return }
            state.handlers[place.watch] = nil
            // Fails when the file has been deleted: then the kernel has let go by itself.
            _ = inotify_rm_watch(descriptor, place.watch)
        }
    }

    private func deliver() {
        let changed = drain()
        let handlers = state.withLock { state in changed.flatMap { state.handlers[$0]?.values.map(\.self) ?? [] } }
        var mayRest = false
        for handler in handlers where handler() { mayRest = true }
        if mayRest {
            state.withLock { $0.source?.suspend() }
            queue.asyncAfter(deadline: .now() + Self.rest) { [unowned self] in state.withLock { $0.source?.resume() } }
        }
    }

    /// The watches of which the kernel tells (inotify(7): a header of 16 bytes with the watch first and the length of
    /// what follows last).
    private func drain() -> Set<Int32> {
        var changed: Set<Int32> = []
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count <= 0 { return }
                var at = 0
                while at + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.load(fromByteOffset: at, as: inotify_event.self)
                    changed.insert(event.wd)
                    at += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
        // The kernel had to drop some: every file may have changed.
        if changed.contains(-1) { changed = state.withLock { Set($0.handlers.keys) } }
        return changed
    }
}
#endif
