import Synchronization

/// Writes texts to a descriptor of this process and remembers whether one was lost.
///
/// Unbuffered, so that a reader of a pipe sees a line when it is printed and nothing is lost on exit.
final class DescriptorWriter: Sendable {
    private let descriptor: Int32
    private let error = Mutex<Int32?>(nil)

    /// A writer to an open descriptor, which may be one that does not block.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Why a text could not be written, in the system's words; nil when none was lost.
    var failure: String? { error.withLock { $0 }.map(POSIX.words) }

    /// Writes a text, or nothing when one before it was lost: what follows a gap would be misread.
    func write(_ text: String) {
        if error.withLock({ $0 != nil }) { return }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { POSIX.writeBytes(descriptor, $0) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            let problem = POSIX.lastError
            if POSIX.isInterruption(problem) { continue }
            if POSIX.isNoRoomNow(problem) {
                POSIX.waitForRoom(descriptor)
                continue
            }
            // A reader that has gone wanted no more: that is its own decision and no failure.
            if POSIX.isReaderGone(problem) { return }
            error.withLock { $0 = problem }
            return
        }
    }
}
