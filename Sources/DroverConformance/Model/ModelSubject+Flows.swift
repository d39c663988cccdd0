import DroverCore

/// Children, and what is told of them.
extension ModelSubject {
    /// The children of a job of one status. A page may show some again.
    func children(_ name: ModelJobName, _ status: ChildStatus, limit: Int) async throws -> ModelAnswer {
        var children: Set<ChildRecord> = []
        var counts: [ChildCounts] = []
        var cursor: PageCursor?
        var bound = PageBound()
        repeat {
            try bound.turn()
            let page = try await store.children(of: key(name), status, page: Page(limit: limit, after: cursor))
            children.formUnion(page.children.map { show($0) })
            if counts.last != page.counts { counts.append(page.counts) }
            cursor = page.next
        } while cursor != nil
        return .children(children, counts)
    }

    func show(_ child: ChildRecord) -> ChildRecord {
        var child = child
        child.key = show(child.key)
        child.reason = child.reason.map { show(reason: $0) }
        return child
    }

    /// A reason that names a job: by the name that the sequence has for it, without the prefix of the store's keys.
    func show(reason: String) -> String {
        let words = reason.split(separator: " ", omittingEmptySubsequences: false)
        if words.count == 3, words[0] == "child", words[2] == "failed" {
            let parts = words[1].split(separator: ":").suffix(2).map(String.init)
            guard parts.count == 2 else { return reason }
            return Failure.failedWith(
                child: show(JobKey(queue: QueueName(stored: parts[0]), id: JobID(stored: parts[1]))))
        }
        // Which queue it is of, the job says that has the reason; its id is left out, since the store may have made it.
        if words.first == "Job", reason.hasSuffix(" has pending dependencies. moveToFinished") {
            return "a job has pending dependencies"
        }
        if reason.hasPrefix("Cannot complete job "), let call = words.last, reason.contains("one failed child") {
            return "a job has a failed child: \(call)"
        }
        return reason
    }

    /// Events with those that are next to each other by the removal of a flow, and by what it releases, in one order: that of
    /// the children of a job is left to the store.
    static func inOrder(_ events: [JobEvent]) -> [JobEvent] {
        var sorted: [JobEvent] = []
        var run: [JobEvent] = []
        func text(_ event: JobEvent) -> String { "\(event.kind) \(event.job?.text ?? "")" }
        func flush() {
            sorted += run.sorted { (text($0), $0.at) < (text($1), $1.at) }
            run = []
        }
        for event in events {
            switch event.kind {
            case .removed, .waiting(from: .waitingChildren):
                if let last = run.last, last.at != event.at { flush() }
                run.append(event)
            default:
                flush()
                sorted.append(event)
            }
        }
        flush()
        return sorted
    }
}
