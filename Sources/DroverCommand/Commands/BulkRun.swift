import Drover
import DroverCore

/// Does something to all jobs of a queue that a query finds, with progress, and tells what became of it.
struct BulkRun {
    /// Does it to what a filter finds.
    typealias Act =
        (
            _ service: JobService, _ filter: JobFilter, _ isDryRun: Bool,
            _ progress: (BulkReport) async throws -> Void
        ) async throws -> BulkReport

    let store: StoreOptions
    let queue: QueueName
    /// Which jobs; nil for all.
    let query: String?
    /// The word for what is done, as `removed`.
    let done: String
    let isDryRun: Bool
    let json: Bool
    let act: Act
    /// What the jobs are called.
    var noun = "job"
    /// What a person must confirm before, and whether that is confirmed; nil for nothing.
    var question: (ask: (Int) -> String, yes: Bool)?

    func run(in session: Session) async throws -> ExitStatus {
        // Found before the store is opened.
        if let query { _ = try SearchOptions.filter(query, now: session.wallClock.now, in: session) }
        return try await StopWish.heard(in: session) { stop in
            try await session.withStore(store, .existing) { store in
                _ = try await store.summary(of: queue)
                var filter = JobFilter.all
                if let query {
                    filter = try SearchOptions.filter(query, now: await store.now(session.wallClock), in: session)
                }
                let service = SearchOptions.service(store, in: session)
                if let question, !question.yes, !isDryRun {
                    let count = try await go(filter, service, dryRun: true, stop, session).matched
                    if count > 0 { try session.confirm(question.ask(count), yes: false) }
                }
                let report = try await go(filter, service, dryRun: isDryRun, stop, session)
                tell(report, session.output)
                SearchOptions.noteEncryption(filter, matched: report.matched, in: session)
                return report.refused == 0 ? .done : .failed
            }
        }
    }

    private func go(
        _ filter: JobFilter, _ service: JobService, dryRun: Bool, _ stop: StopWish, _ session: Session
    ) async throws -> BulkReport {
        var line = ProgressLine(noun, dryRun ? "looked at" : "looked at, \(done) where they match", in: session)
        var last = BulkReport()
        do {
            let report = try await act(service, filter, dryRun) { report in
                last = report
                line.show(report.examined, of: report.total)
                if stop.isAsked { throw CommandFailure(.failed, "it was stopped") }
            }
            line.end()
            return report
        } catch {
            line.end()
            if last.done + last.requested > 0 {
                session.output.note(
                    "\(Counted.text(last.done + last.requested, noun)) \(done) before; the same command goes on from here"
                )
            }
            throw error
        }
    }

    private func tell(_ report: BulkReport, _ output: Output) {
        if json {
            output.line(
                JSONWriter.object([
                    ("queue", JSONWriter.string(queue.text)), ("dryRun", String(isDryRun)),
                    ("matched", String(report.matched)), ("done", String(report.done)),
                    ("requested", String(report.requested)), ("skipped", String(report.skipped)),
                    ("refused", String(report.refused)), ("unchanged", String(report.unchanged)),
                    ("examined", String(report.examined)),
                ]))
        } else if isDryRun {
            let more = report.unchanged > 0 ? ", \(report.unchanged) left as \(Self.were(report.unchanged))" : ""
            output.line("\(Counted.text(report.matched - report.unchanged, noun)) in \(queue) would be \(done)\(more)")
        } else {
            let others = [
                (report.requested, "active and asked to stop"), (report.skipped, "skipped: they had moved on"),
                (report.refused, "refused"), (report.unchanged, "left as \(Self.were(report.unchanged))"),
            ]
            let more = others.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
            output.line("\(Counted.text(report.done, noun)) in \(queue) \(done)\(more)")
        }
        for (jobs, count) in [(report.problems, report.refused), (report.unchangedJobs, report.unchanged)] {
            for job in jobs { output.note(Printable.text("\(job.job.id): \(job.problem)")) }
            if count > jobs.count { output.note("and \(count - jobs.count) more like these") }
        }
    }

    private static func were(_ count: Int) -> String { count == 1 ? "it was" : "they were" }
}
