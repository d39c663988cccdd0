import DroverCore

extension Diagnosis {
    /// The object that programs read.
    func json(location: StoreLocation) -> String {
        let serverMember = server.map { [("server", JSONWriter.object($0.members))] } ?? []
        let first = [
            ("healthy", String(findings.isEmpty)),
            ("store", JSONWriter.string(location.description)),
        ]
        let rest = [
            ("durability", JSONWriter.string(traits.durability)),
            ("shared", String(traits.isShared)),
            ("keepCompleted", JSONWriter.string(RetentionArgument.text(traits.completedRetention))),
            ("keepFailed", JSONWriter.string(RetentionArgument.text(traits.failedRetention))),
            ("queues", JSONWriter.array(queues.map(JobJSON.queue))),
            ("workers", String(workers.count)),
            (
                "movedAway",
                JSONWriter.object(
                    movedAway.sorted { $0.key < $1.key }.map { ($0.key.text, JSONWriter.string($0.value)) })
            ),
            (
                "findings",
                JSONWriter.array(
                    findings.map { finding in
                        JSONWriter.object([
                            ("code", JSONWriter.string(finding.code)),
                            ("queue", JSONWriter.string(finding.queue?.text)),
                            ("schedule", JSONWriter.string(finding.schedule?.text)),
                            ("problem", JSONWriter.string(finding.problem)),
                            ("advice", JSONWriter.string(finding.advice)),
                        ])
                    })
            ),
        ]
        // Only a server has clients that are not Drover's.
        let others = JSONWriter.object(
            heldElsewhere.sorted { $0.key < $1.key }.map { ($0.key.text, String($0.value)) })
        return JSONWriter.object(first + serverMember + rest + (server == nil ? [] : [("heldElsewhere", others)]))
    }

    /// The lines that people read.
    func lines(location: StoreLocation) -> [String] {
        var lines = ["store        \(location)"]
        if let server { lines.append("server       \(server.summary)") }
        lines.append(
            "durability   \(traits.durability)\(traits.isShared ? ", shared by processes" : ", this process only")")
        if let server { lines.append("             \(server.possibleLoss)") }
        if let memory = server?.memory { lines.append("memory       \(memory)") }
        lines += [
            "kept         completed jobs \(RetentionArgument.text(traits.completedRetention)), "
                + "failed jobs \(RetentionArgument.text(traits.failedRetention)), unless a job asks for less, or a worker has another rule",
            "queues       \(queues.count)",
        ]
        for (queue, target) in movedAway.sorted(by: { $0.key < $1.key }) {
            lines.append("             \"\(queue)\" was moved to \(Printable.text(target)), and stays paused here")
        }
        lines.append("workers      \(workers.count)")
        for (queue, count) in heldElsewhere.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "             \(Counted.text(count, "active job")) of \"\(queue)\" \(count == 1 ? "is" : "are") held by workers "
                    + "of other BullMQ clients")
        }
        if !queues.isEmpty {
            var table = Table(
                [("QUEUE", .left)] + JobState.allCases.map { ($0.rawValue.uppercased(), .right) })
            for queue in queues {
                table.add([queue.name.text] + JobState.allCases.map { queue.known($0).map(String.init) ?? "?" })
            }
            lines += [""] + table.lines
        }
        lines.append("")
        if findings.isEmpty { lines.append("All is well.") }
        for finding in findings {
            lines.append("! \(finding.subject)\(finding.problem)")
            lines.append("  → \(finding.advice)")
        }
        return lines
    }
}

extension Diagnosis.Finding {
    /// What it is about, as the beginning of a line; empty for the store.
    fileprivate var subject: String {
        if let schedule { return "schedule \"\(Printable.text(schedule.text))\": " }
        return queue.map { "queue \"\($0)\": " } ?? ""
    }
}
