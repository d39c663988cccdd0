import DroverTesting
import Testing

@testable import Drover

/// What is refused of flows, limits and paths: nothing is stored, and the text says what to do next.
@Suite(.timeLimit(.minutes(10))) struct FlowErrorTests {
    struct Part: JobPayload {
        static let name: JobName = "part"
        static let queue: QueueName = "parts"
        var number = 0
    }

    private let store = ReferenceStore()

    private func key(_ id: String) -> JobKey { JobKey(queue: Part.queue, id: JobID(stored: id)) }

    /// What a call is refused with.
    private func refusal(_ body: (JobService) async throws -> Void) async throws -> String {
        let service = makeService(store)
        let error = await #expect(throws: DroverError.self) { try await body(service) }
        #expect(error?.code == .refused)
        return try #require(error).message
    }

    @Test func aCycleIsToldByItsNamesAndSaysWhatToTakeAway() async throws {
        let told = try await refusal { service in
            try await service.add(
                Graph {
                    Node("fetch", Part(), after: "sum")
                    Node("sum", Part(), after: "fetch")
                })
        }
        #expect(told.contains("fetch → sum → fetch; take one of these needs away"), "\(told)")
        #expect(try await store.queues().isEmpty)
    }

    @Test func anUnknownNeedSaysHowToNameAStoredJob() async throws {
        let told = try await refusal { try await $0.add(Graph { Node("sum", Part(), after: "fetch") }) }
        #expect(told.contains(#"has no job "fetch", which "sum" waits for; add it, or name one"#), "\(told)")
        let stored = try await refusal { try await $0.add(Graph { Node("s", Part(), after: Need(stored: key("x"))) }) }
        #expect(stored.contains("there is no job x in queue parts") && stored.contains("add it first"), "\(stored)")
        #expect(try await store.queues().isEmpty)
    }

    @Test func anUnknownParentSaysToAddItFirst() async throws {
        let child = NewJob(name: "part", parent: JobParent(key("nobody")))
        let result = try await makeService(store).add([child], to: Part.queue)
        #expect(
            result.first?.problem?.description == "parent: there is no job nobody in queue parts; add the parent first")
        #expect(try await store.queues().isEmpty)
    }

    @Test func aJobThatAnotherOneWaitsForSaysHowSeveralMayWaitForIt() async throws {
        let service = makeService(store)
        try await service.add(Flow(Part()) { Child(Part(), id: JobID(stored: "shared")) })
        let told = try await refusal { service in
            try await service.add(Flow(Part()) { Child(Part(), id: JobID(stored: "shared")) })
        }
        #expect(told.contains("another job waits for the job shared of queue parts already"), "\(told)")
        #expect(told.contains("name it by queue and id as a need"), "\(told)")
        // As it says.
        let keys = try await service.add(Graph { Node("more", Part(), after: Need(stored: key("shared"))) })
        #expect(keys.count == 1)
    }

    @Test(arguments: ["", "a\nb", "a\r\nb", "a\u{2028}b", "a\u{7}b"])
    func aNameOfAGraphThatIsNoneIsRefused(_ name: String) async throws {
        let told = try await refusal { try await $0.add(Graph { Node(name, Part()) }) }
        #expect(told.contains("graph key: "), "\(told)")
        #expect(try await store.queues().isEmpty)
    }

    @Test(arguments: [
        (QueueSetting.maxLength("q", -1), "give 1 to 1,000,000,000 jobs, or none"),
        (.concurrency("q", -1), "give 1 to 1,000,000 jobs, none for no bound, or pause the queue"),
        (.rateLimit("q", RateLimit(max: -1, per: .seconds(1))), "give 1 to 1,000,000,000 jobs, or pause the queue"),
        (.rateLimit("q", RateLimit(max: 1, per: .seconds(-1))), "give 1 ms to 366 days"),
        (.hold("q", .seconds(-1)), "give up to 366 days, or none"),
        (.group("q", "g", .concurrency(-1)), "give 1 to 1,000,000 jobs, none for no bound, or pause the group"),
        (.group("q", nil, .weight(-1)), "give 1 to 100"),
        (.group("q", nil, .rate(GroupRate(max: -1, per: .seconds(1)))), "give 1 to 1,000,000,000 jobs"),
    ])
    func aNegativeLimitSaysWhatMayBeGiven(_ setting: QueueSetting, _ told: String) async throws {
        guard case .refused(let problem)? = try await store.configure([setting]).first else {
            Issue.record("\(setting) was taken")
            return
        }
        #expect(problem.problem.contains(told), "\(problem)")
        #expect(try await store.queues().isEmpty)
    }

    @Test func aNegativeAllowanceSaysWhatMayBeGiven() async throws {
        let service = makeService(store)
        let cases = [
            (Allowance("k", max: -1, per: nil), 1, "give 1 to 10,000"),
            (Allowance("k", max: 2, per: .seconds(-1)), 1, "give 1 ms to 366 days, or none"),
            (Allowance("k", max: 2, per: nil), -1, "give 1 to 2"),
        ]
        for (allowance, amount, told) in cases {
            let problem = await #expect(throws: ValidationError.self) {
                try await service.reserve(allowance, amount: amount)
            }
            #expect(problem?.problem.contains(told) == true, "\(String(describing: problem))")
        }
        #expect(try await service.use(ofAllowance: "k").used == 0)
    }

    @Test(arguments: [
        ("payload..a = 1", 8, "the name of a member"), ("payload[-1] = 1", 8, "the number of an element"),
        ("result.items[x] exists", 13, "the number of an element"),
    ])
    func aBadPathOfASearchTellsItsPlace(_ query: String, _ place: Int, _ told: String) {
        let error = #expect(throws: JobFilterError.self) { _ = try JobFilter(query) }
        #expect(error?.offset == place && error?.problem.contains(told) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        (["a": "body"], "write it as result or result.body"), (["a..b": "result"], "write it as items[0].body"),
        (["a": "result[x]"], "a place in an array is a number"),
    ])
    func aBadPathOfAChainSaysHowToWriteIt(_ mapping: [String: String], _ told: String) async throws {
        let problem = try await refusal { try await $0.add(Chain(Part()).then(Part(), mapping: mapping)) }
        #expect(problem.contains(told), "\(problem)")
        #expect(try await store.queues().isEmpty)
    }
}
