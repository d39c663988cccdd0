import Drover
import DroverTesting
import Testing

/// What the engine does of a transaction's answers, whatever the store.
@Suite(.timeLimit(.minutes(10))) struct TransactionTests {
    /// Tells of each settlement.
    private struct Watched: ForwardingStore {
        let base: any JobStore
        let settlements = Probe<Outcome>("settlements")

        func exchange(
            _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
        ) async throws(StoreError) -> ExchangeReply {
            for settlement in settle { settlements.signal(settlement.outcome) }
            return try await base.exchange(queue, id: id, settle: settle, claim: claim)
        }
    }

    /// Runs one job whose handler is this one, and returns the outcomes that were settled for it by exchanges.
    private func outcomes(
        _ configuration: ServiceConfiguration = ServiceConfiguration(), _ handler: @escaping JobHandler
    ) async throws -> [Outcome] {
        let store = Watched(base: ReferenceStore())
        let service = makeService(store, configuration)
        service.work("q", options: WorkerOptions(limit: 1)) { $0.otherwise(handler) }
        _ = try await service.add([NewJob(name: "n")], to: "q")
        try await service.run()
        return store.settlements.values
    }

    /// The error of a completion that must fail.
    private func refusal(_ context: JobContext, _ transaction: StubTransaction) -> DroverError? {
        #expect(throws: DroverError.self) { try context.complete("r", in: transaction) }
    }

    @Test func anAttemptThatATransactionHasCompletedIsSettledByNoExchange() async throws {
        let outcomes = try await outcomes { context in
            try context.complete("r", in: StubTransaction())
            throw Broken()
        }
        #expect(outcomes == [])
    }

    @Test func anAttemptWhoseTransactionWasRolledBackOrNeverEndedIsSettledAsAnyOther() async throws {
        for commits in [false, nil] {
            let outcomes = try await outcomes { context in
                try context.complete("r", in: StubTransaction(commits: commits))
                return try JSONText("5")
            }
            #expect(outcomes == [.completed(try JSONText("5"))])
        }
    }

    @Test func aFullQueueRefusesAnAddInATransactionAtOnceWhateverTheServiceWouldWait() throws {
        var configuration = ServiceConfiguration()
        configuration.whenFull = .wait(atMost: .seconds(60))
        let service = makeService(ReferenceStore(), configuration)
        let transaction = StubTransaction(results: [.queueFull(maxLength: 3)])
        let error = #expect(throws: DroverError.self) { try service.add(Note(text: ""), in: transaction) }
        #expect(error?.code == .queueFull)
        #expect(try service.add([NewJob(name: "n")], to: "q", in: transaction) == [.queueFull(maxLength: 3)])
    }

    @Test func aCompletionIsRefusedWhenTheLeaseIsLostAndWhenThereHasBeenOne() async throws {
        let outcomes = try await outcomes { context in
            #expect(refusal(context, StubTransaction(status: .leaseLost))?.code == .leaseLost)
            let problem = ValidationError("settlement", "is wrong")
            #expect(refusal(context, StubTransaction(status: .refused(problem)))?.code == .refused)
            // A transaction that never told of its end: its completion may hold, or not.
            try context.complete("r", in: StubTransaction(commits: nil))
            #expect(refusal(context, StubTransaction(status: .leaseLost))?.code == .refused)
            try context.complete("r", in: StubTransaction())
            #expect(refusal(context, StubTransaction())?.code == .refused)
            return .null
        }
        #expect(outcomes == [])
    }

    @Test func aResultThatIsTooLongIsRefusedBeforeTheTransactionIsAsked() async throws {
        let outcomes = try await outcomes(ServiceConfiguration(maxResultBytes: 4)) { context in
            let error = #expect(throws: DroverError.self) { try context.complete("long", in: StubTransaction()) }
            #expect(error?.code == .refused)
            try context.complete("ab", in: StubTransaction())
            return .null
        }
        #expect(outcomes == [])
    }

    @Test func aHandlerThatIgnoresItsCancellationAfterACompletionIsLeftToItself() async throws {
        let store = Watched(base: ReferenceStore())
        let service = makeService(store, ServiceConfiguration(clock: HurriedClock()))
        let began = Probe<Void>("began")
        let gate = Probe<Void>("gate")
        let ended = Probe<Void>("ended")
        service.work("q", options: WorkerOptions(grace: .seconds(1))) { handlers in
            handlers.otherwise { context in
                try context.complete("r", in: StubTransaction())
                began.signal()
                _ = await Task { try? await gate.wait(timeout: .seconds(300)) }.value  // not cancelled with this one
                ended.signal()
                return .null
            }
        }
        _ = try await service.add([NewJob(name: "n")], to: "q")
        let run = Task { try await service.run() }
        try await began.wait()
        service.stop()
        try await returned(run)
        #expect(ended.values.isEmpty)
        #expect(store.settlements.values == [])
        gate.signal()
        try await ended.wait()
    }

    @Test func aJobIsAddedInATransactionUnderTheSameChecks() throws {
        let service = makeService(ReferenceStore(), ServiceConfiguration(maxPayloadBytes: 20))
        let key = try service.add(Note(text: "n"), in: StubTransaction(results: [.added(try JobID("7"))]))
        #expect(key == JobKey(queue: Note.queue, id: try JobID("7")))
        let problem = ValidationError("id", "is wrong")
        let refused = #expect(throws: DroverError.self) {
            try service.add(Note(text: "n"), in: StubTransaction(results: [.refused(problem)]))
        }
        #expect(refused?.code == .refused)
        let long = #expect(throws: DroverError.self) {
            try service.add(Note(text: "a text that is far too long"), in: StubTransaction())
        }
        #expect(long?.code == .payloadTooLarge)
        #expect(throws: StoreError.self) { try service.add(Note(text: "n"), in: StubTransaction()) }
        let jobs = [NewJob(name: "n"), NewJob(name: "n", payload: try JSONText(#""01234567890123456789""#))]
        let results = try service.add(jobs, to: "q", in: StubTransaction(results: [.added(try JobID("8"))]))
        #expect(results.map { $0.id?.text } == ["8", nil])
        #expect(try service.add([jobs[1]], to: "q", in: StubTransaction()).map(\.id) == [nil])
        let withoutKey = #expect(throws: DroverError.self) {
            try service.add([jobs[0]], to: "q", encryption: .whole, in: StubTransaction(results: [.added(key.id)]))
        }
        #expect(withoutKey?.code == .refused)
    }
}
