import DroverCore

/// How the move of a queue begins or goes on, by what its two stores know of moves.
struct MoveOpening: Hashable {
    /// The name of the move.
    var move: String
    /// Whether the queue was paused before it was moved.
    var wasPaused: Bool
    /// The number of the last step at the source.
    var number: Int
    /// The jobs and schedules that have arrived at the target, and have to leave the source still.
    var unfinished: MoveCheckpoint?
    /// The move is already known to both stores.
    var isKnown = false
    /// The marks of what is stored where the move is not known yet.
    var sourceMark: String?
    var targetMark: String?
    /// An earlier move out of this source has ended.
    var isRepeated = false
    /// The target's queue is paused by an earlier move out of it, and was not before that.
    var resumesTarget = false

    /// Looks at what is stored.
    ///
    /// - Parameters:
    ///   - source: the checkpoint at the source.
    ///   - target: the checkpoint at the target.
    ///   - isPaused: whether the source's queue is paused.
    ///   - fresh: a name for a new move.
    /// - Throws: ``CommandFailure`` when another move is under way, with what to do about it.
    init(
        of queue: QueueName, source: MoveCheckpoint?, target: MoveCheckpoint?, isPaused: Bool, fresh: String
    ) throws(CommandFailure) {
        if let source, source.role == .target {
            throw Self.busy(queue, "jobs are being moved into it from \(source.peer)")
        }
        let begun = source.flatMap { $0.hasEnded ? nil : $0 }
        if let target, target.role == .target {
            guard let begun, begun.move == target.move else {
                throw Self.busy(queue, "another move brings it from \(target.peer) to the same target")
            }
            guard target.number == begun.number || target.number == begun.number + 1 else {
                throw CommandFailure(
                    .failed, "the queue \"\(queue)\": the two stores have come to different points of the same move",
                    advice: "one of them was restored from a backup; see docs/operations.md")
            }
            self.init(move: begun.move, wasPaused: begun.wasPaused, number: begun.number)
            unfinished = target.number > begun.number ? target : nil
            isKnown = true
            return
        }
        if let target, !target.hasEnded { throw Self.busy(queue, "it is being moved from there to \(target.peer)") }
        // A queue that is paused since an earlier move was paused by it.
        let wasPaused = isPaused ? source?.wasPaused ?? true : false
        self.init(move: begun?.move ?? fresh, wasPaused: begun?.wasPaused ?? wasPaused, number: begun?.number ?? 0)
        isRepeated = source?.hasEnded ?? false
        sourceMark = source?.mark
        targetMark = target?.mark
        resumesTarget = target.map { !$0.wasPaused } ?? false
    }

    private init(move: String, wasPaused: Bool, number: Int) {
        self.move = move
        self.wasPaused = wasPaused
        self.number = number
    }

    private static func busy(_ queue: QueueName, _ what: String) -> CommandFailure {
        CommandFailure(
            .failed, "the queue \"\(queue)\" can't be moved now: \(what)",
            advice: "let that move come to its end first, by the same drover move")
    }
}
