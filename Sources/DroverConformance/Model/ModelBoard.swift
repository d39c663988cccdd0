import DroverCore

/// Several stores side by side: does each operation on all of them and compares the answers.
struct ModelBoard {
    private var subjects: [ModelSubject]
    /// Jobs that were put to the front while they had a priority, and may still be there.
    private var fronts: Set<ModelJobName> = []

    private let latitude: ModelLatitude
    /// Whether the clocks of all stores show the same instant, so that slots of intervals, which count from the epoch,
    /// can be compared.
    let sharesInstants: Bool

    init(_ fixtures: [any ConformanceFixture], comparesTimes: Bool, latitude: ModelLatitude) async throws {
        self.latitude = latitude
        var subjects: [ModelSubject] = []
        for fixture in fixtures { subjects.append(try await ModelSubject(fixture, comparesTimes: comparesTimes)) }
        sharesInstants = comparesTimes && Set(subjects.map(\.start)).count == 1
        self.subjects = subjects
    }

    /// Does one operation everywhere.
    ///
    /// - Returns: the answer when all agree, else the difference.
    mutating func step(_ operation: ModelOperation) async throws -> Result<ModelAnswer, FoundDifference> {
        if case .exchange(let queue, _, let settle, .some) = operation,
            settle.contains(where: \.outcome.isPutBackFirst)
        {
            // A job that this exchange puts to a front must be alone there when it claims.
            if let difference = try await settleFronts(of: queue, leaving: 0) { return .failure(difference) }
        }
        if latitude.contains(.orderOfEnds), operation.mayFinish,
            case .failure(let difference) = try await perform(.advance(.milliseconds(1)))
        {
            return .failure(difference)
        }
        let answer: ModelAnswer
        switch try await perform(operation) {
        case .success(let agreed): answer = agreed
        case .failure(let difference): return .failure(difference)
        }
        if let difference = try await followFronts(operation, answer) { return .failure(difference) }
        if operation.removesInAnyOrder, let difference = try await putBackParents() { return .failure(difference) }
        return .success(answer)
    }

    private mutating func perform(_ operation: ModelOperation) async throws -> Result<ModelAnswer, FoundDifference> {
        let first = heeded(try await subjects[0].perform(operation), to: operation)
        for index in subjects.indices.dropFirst() {
            let other = heeded(try await subjects[index].perform(operation), to: operation)
            if other != first { return .failure(FoundDifference(operation, first, other)) }
        }
        if case .threw(let code, _) = first, code != .invalid {
            return .failure(FoundDifference(operation, first, first))
        }
        return .success(first)
    }

    /// What of an answer is compared.
    private func heeded(_ answer: ModelAnswer, to operation: ModelOperation) -> ModelAnswer {
        if latitude.contains(.timesOfHolds), case .held(var hold?, let job) = answer {
            hold.remaining = hold.remaining.map { _ in .zero }
            return .held(hold, job)
        }
        // How many jobs a step of an obliteration removes, and so how many steps there are, follows from the order in which
        // it takes parents and children; that it ends is compared.
        if case .sweep(.obliterate, _, _) = operation, case .swept(let steps) = answer {
            return .swept(
                steps.suffix(1).map { if case .removed(_, let isLast) = $0 { .removed(0, isLast: isLast) } else { $0 } }
            )
        }
        guard latitude.contains(.pagesAmidChanges), case .turnPage(_, let state, _, _, _) = operation,
            !state.isFinished, case .listed = answer
        else { return answer }
        return .nothing
    }

    // MARK: Fronts

    /// Nothing is promised about the order of several jobs put to the front of one priority. So that the stores stay
    /// comparable, such jobs are put to its back.
    private mutating func followFronts(
        _ operation: ModelOperation, _ answer: ModelAnswer
    ) async throws -> FoundDifference? {
        switch (operation, answer) {
        case (.exchange(let queue, _, let settle, _), .exchanged(let reply)):
            for (settlement, status) in zip(settle, reply.settled) where status == .settled {
                if settlement.outcome.isPutBackFirst { fronts.insert(settlement.lease.job) }
            }
            return try await settleFronts(of: queue, leaving: 1)
        case (.apply(let commands), .commanded(let results)):
            for (command, result) in zip(commands, results) where result == .done {
                if case .changePriority(_, lifo: true) = command.action { fronts.insert(command.job) }
            }
            for queue in 0..<ModelQueues.count {
                if let difference = try await settleFronts(of: queue, leaving: 1) { return difference }
            }
            return nil
        case (.reclaim(let queue, _, _), .reclaimed(let jobs)):
            fronts.formUnion(jobs.compactMap { ModelJobName(shown: $0.key) })
            return try await settleFronts(of: queue, leaving: 1)
        default: return nil
        }
    }

    /// Puts jobs at a priority's front to its back, in an order of their names, when more than `leaving` may be there.
    private mutating func settleFronts(of queue: Int, leaving: Int) async throws -> FoundDifference? {
        let names = fronts.filter { $0.queue == queue }
        guard names.count > leaving else { return nil }
        fronts.subtract(names)
        return try await putBack(names.sorted())
    }

    /// Puts all ready jobs to the back, in an order of their names, once parents may have been released in any order.
    private mutating func putBackParents() async throws -> FoundDifference? {
        var names: [ModelJobName] = []
        for queue in 0..<ModelQueues.count {
            for state in [.waiting, .prioritized, .grouped] as [JobState] {
                // Only whether they are the same is not yet known: the list is not compared.
                let list = ModelOperation.list(queue, state, limit: 1000, .ascending)
                if case .listed(let jobs, _) = try await subjects[0].perform(list) {
                    names += jobs.compactMap { ModelJobName(shown: $0.key) }
                }
            }
        }
        if names.isEmpty { return nil }
        let jobs = try await subjects[0].perform(.look(names.sorted()))
        guard case .looked(let found) = jobs else { return nil }
        let commands = zip(names.sorted(), found).compactMap { name, job in
            job.map { ModelCommand(job: name, action: .changePriority($0.priority, lifo: false)) }
        }
        if case .failure(let difference) = try await perform(.apply(commands)) { return difference }
        return nil
    }

    private mutating func putBack(_ names: [ModelJobName]) async throws -> FoundDifference? {
        let jobs: [JobRecord?]
        switch try await perform(.look(names)) {
        case .success(.looked(let found)): jobs = found
        case .success: return nil
        case .failure(let difference): return difference
        }
        let commands = zip(names, jobs).compactMap { name, job in
            guard let job, job.state == .prioritized else { return nil as ModelCommand? }
            return ModelCommand(job: name, action: .changePriority(job.priority, lifo: false))
        }
        if commands.isEmpty { return nil }
        if case .failure(let difference) = try await perform(.apply(commands)) { return difference }
        return nil
    }
}

/// Two stores answered differently.
struct FoundDifference: Error {
    var operation: String
    var first: String
    var other: String

    init(_ operation: ModelOperation, _ first: ModelAnswer, _ other: ModelAnswer) {
        self.operation = Self.text(of: operation)
        self.first = Self.text(of: first)
        self.other = Self.text(of: other)
    }

    /// A value as text, without the names of modules, which fill the lines.
    static func text(of value: some Sendable) -> String {
        "\(value)".replacing("DroverCore.", with: "").replacing("DroverConformance.", with: "")
    }
}
