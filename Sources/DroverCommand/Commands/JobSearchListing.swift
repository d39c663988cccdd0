import Drover
import DroverCore

/// `drover jobs --where`: searches, and prints a page or a number.
struct JobSearchListing {
    let store: StoreOptions
    /// The one queue that is searched; nil for all.
    let queue: QueueName?
    /// The one state that is searched; nil for those that the query allows.
    let state: JobState?
    let query: String
    let sort: JobSort
    let page: Page
    let json: Bool

    func run(in session: Session, counting: Bool) async throws -> ExitStatus {
        // Found before the store is opened.
        let written = try SearchOptions.filter(query, now: session.wallClock.now, in: session)
        if let state, !written.mayMatch(in: state) {
            throw CommandFailure.usage(
                "--state \(state.rawValue): the query finds no \(state.rawValue) jobs",
                advice: "leave --state out, or change what --where says of the state and the times")
        }
        if let sorted = sort.states,
            !sorted.contains(where: { (state == nil || state == $0) && written.mayMatch(in: $0) })
        {
            throw CommandFailure.usage(
                "--sort \(sort.rawValue): only \(Self.words(sorted)) jobs have that time, and the query finds none of those",
                advice: "sort by created or place, or change what is said of the state")
        }
        return try await session.withStore(store, .existing) { store in
            if let queue { _ = try await store.summary(of: queue) }
            var filter = try SearchOptions.filter(query, now: await store.now(session.wallClock), in: session)
            if let state { filter = filter.and(.compares(.state, .equal, .text(state.rawValue))) }
            let service = SearchOptions.service(store, in: session)
            return counting
                ? try await count(filter, service, session) : try await list(filter, service, session)
        }
    }

    private static func words(_ states: [JobState]) -> String {
        states.map(\.rawValue).joined(separator: " and ")
    }

    private func count(_ filter: JobFilter, _ service: JobService, _ session: Session) async throws -> ExitStatus {
        var line = ProgressLine("job", "looked at", in: session)
        let tally = try await service.count(filter, in: queue.map { [$0] }) { line.show($0.examined) }
        line.end()
        session.output.line(
            json
                ? JSONWriter.object([("count", String(tally.matched)), ("examined", String(tally.examined))])
                : String(tally.matched))
        SearchOptions.noteEncryption(filter, matched: tally.matched, in: session)
        return .done
    }

    private func list(_ filter: JobFilter, _ service: JobService, _ session: Session) async throws -> ExitStatus {
        let found = try await service.searchPage(filter, in: queue.map { [$0] }, sortedBy: sort, page)
        if json {
            session.output.line(
                JSONWriter.object([
                    ("jobs", JSONWriter.list(try found.jobs.map(JobJSON.job))),
                    ("next", JSONWriter.string(found.next.map(CursorArgument.text))),
                    ("examined", String(found.examined)),
                ]))
        } else {
            session.output.table(
                table(of: found.jobs),
                orSay: page.after == nil
                    ? "No job matches; \(Counted.text(found.examined, "job")) looked at." : "No more jobs match.")
            if let next = found.next {
                session.output.line("There may be more: add --after \(CursorArgument.text(next))")
            }
        }
        if let sorted = sort.states, filter.states.contains(where: { !sorted.contains($0) }) {
            session.output.note(
                "Sorted by \(sort.rawValue) only \(Self.words(sorted)) jobs are shown: others have no such time.")
        }
        SearchOptions.noteEncryption(filter, matched: found.jobs.count, in: session)
        return .done
    }

    private func table(of jobs: [JobRecord]) -> Table {
        var columns: [(title: String, alignment: Table.Alignment)] = [
            ("ID", .left), ("NAME", .left), ("STATE", .left), ("ATTEMPTS", .right), ("CREATED", .left),
            ("REASON", .left),
        ]
        if queue == nil { columns.insert(("QUEUE", .left), at: 0) }
        var table = Table(columns)
        for job in jobs {
            table.add(
                (queue == nil ? [job.key.queue.text] : []) + [
                    job.key.id.text, job.name.text, job.state.rawValue, "\(job.attemptsMade)/\(job.options.attempts)",
                    InstantArgument.text(job.createdAt), job.failedReason ?? "-",
                ])
        }
        return table
    }
}
