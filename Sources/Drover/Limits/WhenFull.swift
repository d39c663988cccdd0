/// What an add does where the queue is full: where it holds as many jobs as `QueueSetting.maxLength` lets it.
public enum WhenFull: Hashable, Sendable {
    /// Nothing: the caller is told at once, and decides.
    case refuse
    /// Tries again, in waits that grow from 10 milliseconds to a second, until there is room or this span has passed. It
    /// begins anew with short waits whenever some of many jobs were taken. Cancelling the task ends it.
    ///
    /// Who waits at the same time is not served in order, nor before those who come later.
    case wait(atMost: Duration)
}
