import ArgumentParser
import DroverCore

/// `drover pause`.
struct Pause: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hand out no more jobs of a queue, or of one of its groups.",
        discussion: """
            Jobs that run go on; the others wait until drover resume. Jobs can still be added. A queue that does not \
            exist yet is made, which is told: it may be a mistyped name.

            Examples:
              drover pause --queue mail
              drover pause --queue mail --group customer-7
            """)

    @OptionGroup var setting: QueueSettingOptions
    @Option(help: ArgumentHelp("Only this group of the queue.", valueName: "name")) var group: String?

    var attempt: String { group == nil ? "pause a queue" : "pause a group" }

    func run(in session: Session) async throws -> ExitStatus {
        try await setting.apply(in: session, done: "paused", told: group.map { "group \($0) paused" }, mayBeNew: true) {
            queue in
            [group.map { .group(queue, $0, .pause) } ?? .pause(queue)]
        }
    }
}

/// Which queue's setting a command changes.
struct QueueSettingOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The queue.", valueName: "name")) var queue: String
    @Flag(help: "Print JSON: an object with queue and result.") var json = false

    /// Changes settings and tells that it was done.
    ///
    /// - Parameters:
    ///   - done: the word for it in JSON.
    ///   - told: what people are told; nil for that word.
    ///   - group: a group that must be there; nil for none.
    ///   - mayBeNew: whether the setting makes sense for a queue that does not exist yet.
    ///   - access: whether it makes sense in a store that does not.
    func apply(
        in session: Session, done: String, told: String? = nil, group: String? = nil, mayBeNew: Bool = false,
        _ access: Session.Access = .existing, _ settings: (QueueName) -> [QueueSetting]
    ) async throws -> ExitStatus {
        let name = try QueueName(queue)
        // All of them are looked at before the first is taken.
        for case .some(let problem) in settings(name).map(\.problem) { throw problem }
        let (results, isNew) = try await session.withStore(store, access) { store in
            let known = mayBeNew ? try await store.queue(name) : try await store.summary(of: name)
            let isNew = known == nil
            if let group { try await store.checkGroup(group, of: name) }
            return (try await store.configure(settings(name)), isNew)
        }
        for case .refused(let problem) in results { throw problem }
        if isNew { session.output.note("the queue \(ValidationError.quote(name.text)) is new") }
        session.output.line(
            json
                ? JSONWriter.object([("queue", JSONWriter.string(name.text)), ("result", JSONWriter.string(done))])
                : "\(name) \(told ?? done)")
        return .done
    }
}

extension JobStore {
    /// Checks that a queue has a group: that jobs of it wait or are active, or something is set for it. Two calls at most: of a
    /// queue with more groups than one page has, one whose jobs don't wait may be any of them.
    ///
    /// - Throws: ``CommandFailure`` when it has none; `StoreError`.
    fileprivate func checkGroup(_ name: String, of queue: QueueName) async throws {
        let waiting = try await jobs(matching: JobQuery(queue: queue, part: .group(name)), page: Page(limit: 1))
        if !waiting.jobs.isEmpty { return }
        let page = try await jobs(matching: JobQuery(queue: queue, part: .groups), page: Page(limit: Batch.size))
        if page.next != nil || page.groups.contains(where: { $0.name == name }) { return }
        throw CommandFailure(
            .notFound,
            "there is no group \(ValidationError.quote(name)) in the queue \(ValidationError.quote(queue.text)): no job of it waits "
                + "or is active, and nothing is set for it", advice: "see drover groups --queue \(queue)")
    }
}
