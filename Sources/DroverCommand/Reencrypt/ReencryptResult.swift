import Drover
import DroverCore

/// Tells what was encrypted anew, what was not, and which keys are still needed.
struct ReencryptResult {
    let tallies: [ReencryptTally]
    let ending: ReencryptRun.Ending
    /// The ids of the keys, the current one first.
    let ring: [String]
    let store: String
    /// Whether all queues were gone over.
    let isWholeStore: Bool
    let seconds: Double

    private var current: String { ring.first ?? "" }

    /// What other keys are still needed for.
    private var uses: [String: ReencryptionReport.KeyUse] {
        var uses: [String: ReencryptionReport.KeyUse] = [:]
        for (key, use) in tallies.flatMap(\.otherKeys) { uses[key, default: ReencryptionReport.KeyUse()].add(use) }
        return uses
    }

    private func sum(_ count: (ReencryptTally) -> Int) -> Int { tallies.reduce(0) { $0 + count($1) } }

    /// Prints it, and what to do next.
    ///
    /// - Returns: done when all was read, and no other key is needed any more.
    func tell(json: Bool, _ output: Output) -> ExitStatus {
        let uses = uses
        if json {
            output.line(object(uses))
        } else {
            for tally in tallies { output.line(Self.line(tally)) }
            if tallies.isEmpty { output.line("there is nothing to encrypt in \(store)") }
            keyLines(uses).forEach(output.line)
            for problem in named { output.note(Printable.text(Self.text(problem))) }
            let more = sum(\.problemCount) - named.count
            if more > 0 { output.note("and \(Counted.text(more, "problem")) more") }
        }
        advice(uses).forEach(output.note)
        let isRead = sum { $0.jobs.unreadable + $0.jobs.refused + $0.schedules.unreadable + $0.schedules.refused } == 0
        return ending == .complete && isRead && uses.isEmpty ? .done : .failed
    }

    /// The problems that are told one by one.
    private var named: ArraySlice<ReencryptionReport.Problem> {
        tallies.flatMap(\.problems).prefix(ReencryptTally.mostNamed)
    }

    // MARK: For people

    private static func line(_ tally: ReencryptTally) -> String {
        let schedules = tally.schedules == ReencryptTally.Counts() ? "" : "; " + text(tally.schedules, "schedule")
        return "\(tally.queue): \(text(tally.jobs, "job"))\(schedules)"
    }

    private static func text(_ counts: ReencryptTally.Counts, _ noun: String) -> String {
        let others = [
            (counts.current, "current already"), (counts.plain, "plain"), (counts.unreadable, "not readable"),
            (counts.refused, "refused"),
        ]
        return
            ([Counted.text(counts.changed, noun) + " encrypted anew"]
            + others.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }).joined(separator: ", ")
    }

    private func keyLines(_ uses: [String: ReencryptionReport.KeyUse]) -> [String] {
        let place = isWholeStore ? "in \(store)" : "by these queues"
        return keys(uses).compactMap { key in
            if let use = uses[key] { return "key \"\(key)\" is still needed: \(Self.text(use))" }
            return ending == .complete ? "key \"\(key)\" is no longer needed \(place)" : nil
        }
    }

    private static func text(_ use: ReencryptionReport.KeyUse) -> String {
        [
            (use.payloads, Counted.text(use.payloads, "payload")),
            (use.schedules, Counted.text(use.schedules, "schedule")),
            (use.steps, "what steps of \(Counted.text(use.steps, "job")) recorded"),
            (use.results, Counted.text(use.results, "result")),
        ].filter { $0.0 > 0 }.map(\.1).joined(separator: ", ")
    }

    private static func text(_ problem: ReencryptionReport.Problem) -> String {
        let place = problem.schedule.map { "schedule \($0)" } ?? "job \(problem.job.id)"
        return "\(problem.job.queue): \(place): \(problem.reason)"
    }

    // MARK: What to do next

    private func advice(_ uses: [String: ReencryptionReport.KeyUse]) -> [String] {
        var lines: [String] = []
        let unknown = uses.keys.filter { !ring.contains($0) }.sorted()
        if !unknown.isEmpty {
            lines.append(
                "not among the keys here: \(unknown.joined(separator: ", ")); add what is missing behind the current one, "
                    + "and run the command again")
        }
        if sum({ $0.jobs.unreadable + $0.schedules.unreadable }) > 0 {
            lines.append(
                "what can't be read stays as it is; where its key is lost, drover remove takes jobs away and drover "
                    + "schedule put replaces schedules")
        }
        let running = sum(\.running)
        if running > 0 {
            lines.append(
                "running and in need of an older key: \(Counted.text(running, "job")); run the command again when they "
                    + "have ended")
        }
        if uses.values.contains(where: { $0.results + $0.steps > 0 }) {
            lines.append(
                "results, and what steps recorded, are not encrypted anew: their key is needed until their jobs are "
                    + "removed, by their rule or by drover clean")
        }
        let broken = sum { $0.schedules.unreadable + $0.schedules.refused }
        if uses.values.reduce(0, { $0 + $1.schedules }) > broken {
            lines.append(
                "schedules that have ended stay as they are: take them away by drover schedule remove")
        }
        switch ending {
        case .complete: break
        case .stopped: lines.append("it was stopped; the same command goes on from here")
        case .endless:
            lines.append(
                "jobs that are not encrypted with key \"\(current)\" go on coming in: let every producer encrypt with it, "
                    + "then run the command again")
        }
        if ending == .complete, uses.isEmpty, ring.count > 1 {
            lines.append("take older keys away when every producer encrypts with key \"\(current)\"")
        }
        return lines
    }

    /// The keys other than the current one.
    private func keys(_ uses: [String: ReencryptionReport.KeyUse]) -> [String] {
        ring.dropFirst() + uses.keys.filter { !ring.contains($0) }.sorted()
    }

    // MARK: For programs

    private func object(_ uses: [String: ReencryptionReport.KeyUse]) -> String {
        JSONWriter.object([
            ("store", JSONWriter.string(store)), ("key", JSONWriter.string(current)),
            ("queues", JSONWriter.array(tallies.map(Self.object))),
            ("problems", JSONWriter.array(named.map(Self.object))), ("problemCount", String(sum(\.problemCount))),
            ("keys", JSONWriter.array(keys(uses).map { object($0, uses[$0]) })),
            ("complete", String(ending == .complete)), ("seconds", JSONWriter.number(seconds, digits: 3)),
        ])
    }

    private static func object(_ tally: ReencryptTally) -> String {
        JSONWriter.object([
            ("queue", JSONWriter.string(tally.queue.text)), ("jobs", object(tally.jobs)),
            ("schedules", object(tally.schedules)), ("running", String(tally.running)),
        ])
    }

    private static func object(_ counts: ReencryptTally.Counts) -> String {
        JSONWriter.object([
            ("encrypted", String(counts.changed)), ("current", String(counts.current)), ("plain", String(counts.plain)),
            ("unreadable", String(counts.unreadable)), ("refused", String(counts.refused)),
        ])
    }

    private static func object(_ problem: ReencryptionReport.Problem) -> String {
        JSONWriter.object([
            ("queue", JSONWriter.string(problem.job.queue.text)),
            ("job", JSONWriter.string(problem.schedule == nil ? problem.job.id.text : nil)),
            ("schedule", JSONWriter.string(problem.schedule?.text)), ("kind", JSONWriter.string(problem.kind.rawValue)),
            ("reason", JSONWriter.string(problem.reason)),
        ])
    }

    /// A key; whether it is needed is null where nobody knows.
    private func object(_ key: String, _ use: ReencryptionReport.KeyUse?) -> String {
        let count = use ?? ReencryptionReport.KeyUse()
        return JSONWriter.object([
            ("key", JSONWriter.string(key)),
            ("needed", use != nil ? "true" : ending == .complete ? "false" : "null"),
            ("payloads", String(count.payloads)), ("schedules", String(count.schedules)),
            ("steps", String(count.steps)), ("results", String(count.results)),
        ])
    }
}
