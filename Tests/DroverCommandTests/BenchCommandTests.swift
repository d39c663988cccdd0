import DroverCore
import DroverTesting
import Testing

@testable import DroverCommand

@Suite struct BenchCommandTests {
    @Test(
        "every scenario delivers each job once, prints the members that programs read, and cleans up",
        arguments: BenchScenario.allCases)
    func scenarios(_ scenario: BenchScenario) async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(
            "bench", "--scenario", scenario.rawValue, "--jobs", "50", "--concurrency", "4", "--json", on: store)
        #expect(status == .done, "\(transcript.notes)")
        let report = try Parsed(transcript.results)
        #expect(report.string("scenario") == scenario.rawValue)
        #expect(report.int("jobs") == 50)
        #expect(report.int("concurrency") == 4)
        #expect(report.bool("exactlyOnce") == true)
        #expect(report.bool("events") == true)
        for name in [
            "store", "durability", "seconds", "jobsPerSecond", "p50Ms", "p99Ms", "cpuMicrosPerJob", "peakMemoryMiB",
        ] {
            #expect(transcript.results.contains("\"\(name)\":"))
        }
        #expect(try await store.queues().isEmpty)
    }

    @Test("with every feature each job is delivered once, and nothing stays", arguments: BenchFeature.allCases)
    func features(_ feature: BenchFeature) async throws {
        let store = ReferenceStore()
        for scenario in ["add-bulk", "process"] {
            let (status, transcript) = await drover(
                "bench", "--scenario", scenario, "--with", feature.rawValue, "--jobs", "55", "--concurrency", "10",
                "--json", on: store)
            #expect(status == .done, "\(scenario): \(transcript.notes)")
            let report = try Parsed(transcript.results)
            #expect(report.string("feature") == feature.rawValue)
            #expect(report.bool("exactlyOnce") == true)
            #expect(try await store.queues().isEmpty)
        }
    }

    @Test("jobs that wait behind the measured ones are left out of the measurement")
    func waiting() async throws {
        let store = ReferenceStore()
        let (status, transcript) = await drover(
            "bench", "--scenario", "process", "--jobs", "20", "--waiting", "1500", "--settle", "1ms",
            "--json", on: store)
        #expect(status == .done, "\(transcript.notes)")
        #expect(try Parsed(transcript.results).int("jobs") == 20)
        #expect(try await store.queues().isEmpty)
    }

    @Test("a queue called bench that holds jobs is left alone unless --yes is given")
    func foreign() async throws {
        let store = ReferenceStore()
        _ = await drover("add", "--queue", "bench", "precious", on: store)
        let (status, transcript) = await drover("bench", "--scenario", "add", "--jobs", "5", on: store)
        #expect(status == .failed)
        #expect(transcript.notes.contains("holds 1 job;"))
        #expect(try await store.queues().first?.counts.total == 1)
        #expect(await drover("bench", "--scenario", "add", "--jobs", "5", "--yes", on: store).status == .done)
    }

    @Test(
        "numbers that are too large, and waiting jobs where they would be measured, are refused with exit 2",
        arguments: [
            ["--scenario", "process", "--jobs", "9223372036854775807", "--waiting", "1"],
            ["--scenario", "process", "--jobs", "1", "--waiting", "9223372036854775807"],
            ["--scenario", "process", "--jobs", "0"], ["--scenario", "run", "--waiting", "1"],
            ["--scenario", "latency", "--waiting", "1"], ["--scenario", "run", "--with", "groups"],
        ])
    func refused(_ arguments: [String]) async throws {
        let store = ReferenceStore()
        let transcript = Transcript()
        let status = await DroverTool.run(["bench"] + arguments, in: transcript.session(on: store))
        #expect(status == .usage)
        #expect(
            transcript.notes.contains("--waiting: ") || transcript.notes.contains("--jobs: ")
                || transcript.notes.contains("--with: "))
        try await store.prepare()
        #expect(try await store.queues().isEmpty)
    }

    @Test("a measurement that fails is what is told, also when tidying up fails too")
    func tidyUp() async throws {
        let store = FaultInjectingStore(ReferenceStore())
        store.failNext(.enqueue, .lostCall)
        store.failNext(.configure, .lostCall)
        let (status, transcript) = await drover("bench", "--scenario", "add", "--jobs", "5", on: store)
        #expect(status == .storeUnreachable)
        #expect(transcript.notes.contains("drover: delete the queue \"bench\": "))
        #expect(transcript.notes.contains("drover: measure add: "))
    }

    @Test("a job that is delivered twice is noticed")
    func ledger() {
        let ledger = DeliveryLedger(count: 2)
        ledger.started(DeliveryLedger.payload(1), at: .zero)
        #expect(ledger.deliveredOnce == 1)
        ledger.started(DeliveryLedger.payload(1), at: .zero)
        #expect(ledger.deliveredOnce == nil)
    }

    @Test("a percentile is the measured wait of the nearest rank")
    func percentiles() {
        let measurement = BenchMeasurement(
            span: .seconds(1), waits: (1...100).reversed().map { .milliseconds($0) }, used: .init(process: 1),
            isExactlyOnce: true)
        #expect(measurement.percentile(50) == 50)
        #expect(measurement.percentile(99) == 99)
        #expect(measurement.percentile(100) == 100)
        #expect(measurement.percentile(0) == 1)
    }
}
