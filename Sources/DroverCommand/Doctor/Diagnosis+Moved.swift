import DroverCore

/// Queues that `drover move` takes away: they stay paused in the source, and are not to be resumed or worked there.
extension Diagnosis {
    /// How far a move out of the queue has come; nil for a queue that none has paused.
    static func moveMark(_ queue: QueueSummary, in store: any JobStore) async throws -> MoveCheckpoint? {
        if !queue.isPaused { return nil }
        let page = try await store.movePage(MoveQuery(queue: queue.name, part: .point), page: Page(limit: 1))
        guard let mark = page.point.checkpoint, mark.role == .source else { return nil }
        return mark
    }

    /// What such a queue still has; nothing when it is empty and the move has ended.
    static func unmoved(_ queue: QueueSummary, _ mark: MoveCheckpoint) -> [Finding] {
        let left = queue.counts.total
        if mark.hasEnded && left == 0 { return [] }
        let target = Printable.text(mark.peer)
        let jobs = Counted.text(left, "job")
        let finding =
            if mark.hasEnded {
                Finding(
                    code: "unmoved", queue: queue.name,
                    problem: "paused by drover move to \(target); \(jobs) came in since, or stayed",
                    advice: "run drover move again to carry \(left == 1 ? "it" : "them"); it tells what can't be moved")
            } else {
                Finding(
                    code: "unmoved", queue: queue.name,
                    problem:
                        "paused by drover move to \(target), which has not come to its end; \(jobs) \(left == 1 ? "is" : "are") here still",
                    advice:
                        "let it end; if it no longer runs, run the same drover move again, and it goes on where it was")
            }
        let refusing = full(queue, advice: "let them add to \(target), and run drover move again")
        return [finding] + [refusing].compactMap(\.self)
    }
}
