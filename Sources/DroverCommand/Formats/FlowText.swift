import Drover
import DroverCore

/// A job with what is below it in its flow.
enum FlowText {
    // MARK: For people

    /// A line for each job, drawn as a tree.
    static func lines(_ tree: FlowTree) -> [String] {
        var lines = [line(tree, [])]
        var drawn: Set<JobKey> = [tree.key]
        addBelow(tree, "", &lines, &drawn)
        return lines
    }

    private static func addBelow(
        _ tree: FlowTree, _ indent: String, _ lines: inout [String], _ drawn: inout Set<JobKey>
    ) {
        let hasMore = tree.unread > 0
        for (index, child) in tree.children.enumerated() {
            let isLast = index == tree.children.count - 1 && !hasMore
            lines.append(indent + (isLast ? "└─ " : "├─ ") + line(child, drawn))
            if !child.isRepeated { drawn.insert(child.key) }
            addBelow(child, indent + (isLast ? "   " : "│  "), &lines, &drawn)
        }
        if hasMore {
            let word = tree.children.isEmpty ? Counted.text(tree.unread, "child", "children") : "\(tree.unread) more"
            lines.append(indent + "└─ … \(word)")
        }
    }

    /// - Parameter drawn: the jobs that stand above with what is below them.
    private static func line(_ tree: FlowTree, _ drawn: Set<JobKey>) -> String {
        var parts = [tree.key.description]
        if let job = tree.job {
            parts += [job.name.text, job.state.rawValue]
        } else {
            parts += ["(removed)", tree.child?.status == .processed ? JobState.completed.rawValue : "-"]
        }
        if tree.isRepeated { parts.append(drawn.contains(tree.key) ? "(shown above)" : "(shown below)") }
        if tree.counts.total > 0 { parts.append("(\(ofChildren(tree.counts)))") }
        if let told = outcome(tree) { parts.append(told) }
        return Printable.text(parts.joined(separator: "  "))
    }

    /// What a job came to; of a child whose failure means something to the parent, that as well.
    private static func outcome(_ tree: FlowTree) -> String? {
        let result = tree.job?.result ?? (tree.job == nil ? tree.child?.result : nil)
        if let result, tree.job?.state ?? .completed == .completed {
            return Printable.cell(StoredValue(result).shown.text)
        }
        let reason = (tree.job?.failedReason ?? tree.child?.reason).map(Printable.cell)
        switch tree.child?.status {
        case .ignored: return "ignored: \(reason ?? "failed")"
        case .failed: return "fails its parent: \(reason ?? "failed")"
        case .pending where tree.job?.state == .failed:
            return "waited for until it is retried: \(reason ?? "failed")"
        case .pending where tree.job == nil: return "gone, and still waited for"
        case .pending, .processed, nil: return reason
        }
    }

    /// How many children of each status: `2 pending, 1 processed`.
    static func ofChildren(_ counts: ChildCounts) -> String {
        ChildStatus.allCases.filter { counts[$0] > 0 }.map { "\(counts[$0]) \($0.rawValue)" }.joined(separator: ", ")
    }

    // MARK: For programs

    /// A job and all below it as one object.
    static func json(_ tree: FlowTree) throws -> String {
        var members: [(name: String, value: String)]
        if let job = tree.job {
            members = try JobJSON.members(job)
        } else {
            members = [
                ("id", JSONWriter.string(tree.key.id.text)), ("queue", JSONWriter.string(tree.key.queue.text)),
                ("name", "null"), ("state", "null"), ("result", JSONWriter.json(tree.child?.result)),
                ("failedReason", JSONWriter.string(tree.child?.reason)),
            ]
        }
        members.append(("status", JSONWriter.string(tree.child?.status.rawValue)))
        members.append(("childCounts", counts(tree.counts)))
        members.append(("unread", String(tree.unread)))
        if tree.isRepeated { members.append(("repeated", "true")) }
        members.append(("children", JSONWriter.array(try tree.children.map(json))))
        return JSONWriter.object(members)
    }

    /// The numbers of children by status.
    static func counts(_ counts: ChildCounts) -> String {
        JSONWriter.object(ChildStatus.allCases.map { ($0.rawValue, String(counts[$0])) })
    }
}
