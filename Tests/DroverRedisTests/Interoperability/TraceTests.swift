import Drover
import DroverCore
import RedisTesting
import Testing

/// The trace context of a job, in the field that BullMQ's adapter of OpenTelemetry uses (PROTOCOL 5.2).
@Suite("Interoperability: traces")
struct TraceTests {
    private let context = #"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"#

    @Test("a context that Swift stores is the text tm of the job's options, which other clients keep")
    func stored() async throws {
        try await Bridge.run { bridge in
            var (traced, omitting) = (JobOptions(attempts: 3), JobOptions())
            traced.telemetry = JobTelemetry(metadata: context)
            omitting.telemetry = JobTelemetry(omitContext: true)
            let jobs = [NewJob(name: "n", options: traced), NewJob(name: "n", options: omitting)]
            let ids = try await bridge.store.enqueue(bridge.queue, jobs).compactMap(\.id?.text)
            let first = try JSON(parsing: try await bridge.hash(ids[0])["opts"] ?? "")
            #expect(first["tm"] == .string(context) && first["omc"] == .null && first["attempts"] == 3)
            let second = try JSON(parsing: try await bridge.hash(ids[1])["opts"] ?? "")
            #expect(second["tm"] == .null && second["omc"] == true)
            let theirs = try await bridge.ask("getJob", ["job": .string(ids[0])])
            #expect(theirs["name"] == "n" && theirs["attemptsMade"] == 0)
        }
    }

    @Test("a context that another client stores is the job's own")
    func read() async throws {
        try await Bridge.run { bridge in
            let id = try await bridge.add(.python, "n", nil, ["tm": .string(context), "attempts": 2])
            let record = try await bridge.record(id)
            #expect(record.options.telemetry == JobTelemetry(metadata: context) && record.options.attempts == 2)
            #expect(record.options.telemetry?.traceID == "0af7651916cd43dd8448eb211c80319c")
        }
    }
}
