import ArgumentParser
import Drover
import DroverCore

/// `drover dead replay`.
struct DeadReplay: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run the jobs of dead letters again.",
        discussion: """
            Each letter goes, and in the same step its job is stored anew in the queue where it failed, with all of its attempts. \
            It keeps count of how often it was replayed. Of letters that are named the new jobs' queues and ids are told. Letters \
            that move meanwhile are skipped, and the same command may be repeated.

            Examples:
              drover dead replay --queue mail-dead dead-6f1c20c7c5a94d6ab1f3e1d2
              drover dead replay --queue mail-dead --all --where 'reason ~ timeout' --dry-run
            """)

    @OptionGroup var letters: LetterSelection

    var attempt: String { "replay dead letters" }

    func run(in session: Session) async throws -> ExitStatus {
        if letters.all {
            let queue = try QueueName(letters.queue)
            return try await letters.applyToAll(in: session, done: "replayed") { service, filter, isDryRun, progress in
                try await service.replayAll(in: queue, matching: filter, dryRun: isDryRun, progress: progress)
            }
        }
        let keys = try letters.keys()
        let results = try await session.withStore(letters.store, .existing) { store in
            try await SearchOptions.service(store, in: session).replay(keys)
        }
        let answers = results.map { result -> CommandResult in
            switch result {
            case .replayed: .done
            case .notFound: .notFound
            case .wrongState(let state): .wrongState(state)
            case .refused(let problem): .refused(problem)
            }
        }
        let jobs = results.map { if case .replayed(let job) = $0 { job } else { nil as JobKey? } }
        return letters.tell(keys, answers, done: "replayed", made: jobs, session.output)
    }
}

/// `drover dead discard`.
struct DeadDiscard: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Delete dead letters.",
        discussion: """
            Asks before it deletes more than one; --yes answers for you, and is needed where nobody can be asked. The jobs that \
            failed are not touched.

            Examples:
              drover dead discard --queue mail-dead dead-6f1c20c7c5a94d6ab1f3e1d2
              drover dead discard --queue mail-dead --all --where 'createdAt < -30d' --yes
            """)

    @OptionGroup var letters: LetterSelection
    @Flag(name: .shortAndLong, help: "Don't ask.") var yes = false

    var attempt: String { "discard dead letters" }

    func run(in session: Session) async throws -> ExitStatus {
        let queue = try QueueName(letters.queue)
        let ask = { (count: Int) in "Delete \(Counted.text(count, "dead letter")) from the queue \"\(queue)\"?" }
        if letters.all {
            return try await letters.applyToAll(in: session, done: "discarded", asking: (ask, yes)) {
                service, filter, isDryRun, progress in
                try await service.discardAll(in: queue, matching: filter, dryRun: isDryRun, progress: progress)
            }
        }
        let keys = try letters.keys()
        if keys.count > 1 { try session.confirm(ask(keys.count), yes: yes) }
        let results = try await session.withStore(letters.store, .existing) { store in
            let found = try await store.jobs(keys)
            var results: [CommandResult] = []
            for (key, job) in zip(keys, found) {
                let isLetter = job?.options.deadLetter != nil
                results += isLetter ? try await store.apply([.remove(key)]) : [.notFound]
            }
            return results
        }
        return letters.tell(keys, results, done: "discarded", session.output)
    }
}

/// `drover dead route`.
struct DeadRoute: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "route",
        abstract: "Store dead letters of jobs that have failed already.",
        discussion: """
            For jobs that a worker of another BullMQ client failed, and for those that failed before there was a dead-letter \
            queue. The jobs stay as they are. One that has a letter for its last attempt, there or in another queue when the \
            command begins, gets no second one: such jobs are counted apart, and the first are told. Commands with different \
            targets at once do not see each other's letters. One whose letter was replayed or discarded gets one anew. What \
            somebody cancelled has none.

            Example:
              drover dead route --queue mail --to mail-dead --where 'finishedAt > -1d'
            """)

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue of the failed jobs.", valueName: "name")) var queue: String
    @Option(help: ArgumentHelp("The dead-letter queue.", valueName: "name")) var to: String
    @Option(name: .customLong("where"), help: ArgumentHelp("\(SearchOptions.whereHelp)", valueName: "query"))
    var query: String?
    @Flag(help: "Change nothing, and tell how many jobs would be routed.") var dryRun = false
    @Flag(
        help: """
            Print JSON: an object with queue, dryRun, matched, done, requested, skipped, refused, unchanged and examined.
            """) var json = false

    var attempt: String { "route failed jobs" }

    func run(in session: Session) async throws -> ExitStatus {
        let (queue, target) = (try QueueName(queue), try QueueName(to))
        if queue == target {
            throw CommandFailure.usage("--to: \(queue) can't be its own dead-letter queue", advice: "name another one")
        }
        return try await BulkRun(
            store: store, queue: queue, query: query, done: "routed", isDryRun: dryRun, json: json,
            act: { service, filter, isDryRun, progress in
                try await service.routeFailed(
                    of: queue, to: target, matching: filter, dryRun: isDryRun, progress: progress)
            }
        ).run(in: session)
    }
}
