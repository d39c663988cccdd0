import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The process groups of all jobs of one worker, so that none outlives it.
///
/// A worker gives a job back when its handler takes too long to stop, and ends: nobody would be left to kill what the
/// job started, and it would go on beside the next attempt.
final class RunningGroups: Sendable {
    private struct State {
        var groups: Set<ProcessGroup> = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// A group has begun. After ``kill()`` it is killed at once.
    func began(_ group: ProcessGroup) {
        let isLate = state.withLock { state in
            state.groups.insert(group)
            return state.isClosed
        }
        if isLate { group.send(SIGKILL) }
    }

    /// A group has been ended.
    func ended(_ group: ProcessGroup) { state.withLock { _ = $0.groups.remove(group) } }

    /// Kills every group that has not been ended, and every one that begins from now on.
    func kill() {
        let left = state.withLock { state in
            state.isClosed = true
            return state.groups
        }
        for group in left { group.send(SIGKILL) }
    }
}
