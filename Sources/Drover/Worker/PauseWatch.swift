import DroverCore

/// Notices when a queue is paused or resumed, by what replies tell.
struct PauseWatch {
    private var isPaused = false
    /// Replies may overtake each other: only those of newer exchanges count.
    private var toldBy = 0

    /// What a reply tells anew; nil for nothing.
    mutating func change(
        by reply: ExchangeReply, to exchange: DispatcherState.Exchange, wasRepeated: Bool
    ) -> WorkerEvent? {
        // Who claims nothing hears of no pause, and a repeated exchange tells what was.
        if exchange.claim == 0 || wasRepeated || exchange.number < toldBy { return nil }
        toldBy = exchange.number
        if reply.isPaused == isPaused { return nil }
        isPaused = reply.isPaused
        return isPaused ? .queuePaused : .queueResumed
    }
}
