import DroverTesting
import RedisTesting
import Testing

@Suite struct DifferentialTests {
    @Test("The store leaves the same keys as BullMQ's model, but for the deviations that are written down")
    func againstTheModel() async throws {
        let operations = TestRun.number("DROVER_DIFFERENTIAL_OPERATIONS", default: 1500)
        let model = try await PythonPeer.deviatingModel(port: RedisServer.shared.port)
        let run = DifferentialRun(seed: TestRun.generator().seed, operations: operations, model: model)
        #expect(try await run.run() == operations)
        TestRun.figure("\(operations) operations without a difference to BullMQ's model")
        try await model.stop()
    }
}
