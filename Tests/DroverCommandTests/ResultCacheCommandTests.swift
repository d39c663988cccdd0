import Drover
import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite(.timeLimit(.minutes(10))) struct ResultCacheCommandTests {
    private let store = ReferenceStore()

    private func drain() async throws {
        let service = JobService(store: store)
        service.work("q") { handlers in handlers.on("build") { $0.payload } }
        try await service.drain()
    }

    private func results() async throws -> [String?] {
        try await store.jobs(matching: JobQuery(queue: "q", state: .completed), page: Page()).jobs.map(\.result?.text)
    }

    @Test("--cache has a later job take the result of an earlier one, until it is forgotten")
    func cache() async throws {
        for number in 1...2 {
            let (status, transcript) = await drover(
                "add", "--queue", "q", "build", "--data", "\(number)", "--cache", "report:42:10m", on: store)
            #expect(status == .done, "\(transcript.notes)")
            try await drain()
        }
        #expect(try await results() == ["1", "1"])
        let (_, shown) = await drover("job", "--queue", "q", "2", on: store)
        #expect(shown.results.contains("report:42 for 10m"))
        let (forgotten, transcript) = await drover(
            "forget", "--queue", "q", "--name", "build", "report:42", on: store)
        #expect(forgotten == .done && transcript.results == "report:42 forgotten\n")
        let (again, _) = await drover("forget", "--queue", "q", "--name", "build", "report:42", on: store)
        #expect(again == .notFound)
        _ = await drover("add", "--queue", "q", "build", "--data", "3", "--cache", "report:42:10m", on: store)
        try await drain()
        #expect(try await results() == ["1", "1", "3"])
    }

    @Test("a cache without a key or a lifetime is refused with exit 2", arguments: ["report", ":10m", "k:0s", "k:x"])
    func refused(_ text: String) async throws {
        let (status, transcript) = await drover("add", "--queue", "q", "build", "--cache", text, on: store)
        #expect(status == .usage, "\(transcript.notes)")
    }
}
