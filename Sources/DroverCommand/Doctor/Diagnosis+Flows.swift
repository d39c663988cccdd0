import DroverCore

/// Parents that wait for children of which none will end by itself.
extension Diagnosis {
    /// How many parents are looked at in each queue, those that have waited longest.
    private static let mostParents = 200
    /// How many pending children of a parent are looked at: one with more is taken for one that goes on.
    private static let mostChildren = 100
    /// How many parents are named.
    private static let mostNamedParents = 3

    /// Parents of a queue whose pending children have all failed or are gone; nil when there is none.
    ///
    /// A child without a policy that fails stays pending until it is retried, detached or removed.
    static func stuckParents(_ queue: QueueSummary, in store: any JobStore) async throws -> Finding? {
        if queue.counts[.waitingChildren] == 0 { return nil }
        let query = JobQuery(queue: queue.name, state: .waitingChildren)
        let parents = try await store.jobs(matching: query, page: Page(limit: mostParents)).jobs
        var stuck: [(parent: JobRecord, failed: Int, gone: Int)] = []
        for parent in parents {
            let page = try await store.children(of: parent.key, .pending, page: Page(limit: mostChildren))
            if page.children.isEmpty || page.next != nil && page.children.count < page.counts.pending { continue }
            let children = try await store.jobs(page.children.map(\.key))
            var (failed, gone) = (0, 0)
            for child in children {
                // A job under the id of a former child is none.
                guard let child, child.parents.contains(where: { $0.key == parent.key }) else {
                    gone += 1
                    continue
                }
                if child.state == .failed { failed += 1 }
            }
            if failed + gone == children.count { stuck.append((parent, failed, gone)) }
        }
        guard let first = stuck.first else { return nil }
        let names = stuck.prefix(mostNamedParents).map { Printable.text($0.parent.key.id.text) }.joined(separator: ", ")
        let more = stuck.count > mostNamedParents ? " and \(stuck.count - mostNamedParents) more" : ""
        let what = first.gone == 0 ? "failed" : first.failed == 0 ? "are gone" : "failed or are gone"
        return Finding(
            code: "parent-stuck", queue: queue.name,
            problem:
                "\(Counted.text(stuck.count, "job")) (\(names)\(more)) \(stuck.count == 1 ? "waits" : "wait") for children that \(what)",
            advice:
                "see drover flow show --queue \(queue.name) \(Printable.text(first.parent.key.id.text)); retry the children, "
                + "let go of them by drover flow detach, or cancel the job")
    }
}
