import DroverTesting
import Logging
import Testing
import Tracing

@testable import Drover

@Suite(.timeLimit(.minutes(10))) struct TracingTests {
    private let tracer = RecordingTracer()
    private let store = ReferenceStore()
    private let trace = "0af7651916cd43dd8448eb211c80319c"
    private var context: String { #"{"traceparent":"00-\#(trace)-b7ad6b7169203331-01"}"# }

    private func service(_ logger: Logger = quiet) -> JobService {
        var configuration = ServiceConfiguration()
        configuration.tracer = tracer
        return JobService(store: store, configuration: configuration, logger: logger)
    }

    private func ended(_ service: JobService, _ keys: JobKey...) async throws {
        for key in keys {
            _ = try? await service.result(of: key, within: .seconds(300))  // some fail, which the spans tell
        }
    }

    @Test("adding is a producer's span, running a consumer's in its trace, and what a handler adds goes on in it")
    func chain() async throws {
        let service = service()
        let next = Probe<JobKey>("the next job")
        service.work("math") { handlers in
            handlers.on(Sum.self) { sum, _ in
                next.signal(try await service.add(Note(text: "\(sum.a)")))
                return Sum.Total(total: 0)
            }
        }
        service.work("notes") { handlers in handlers.on(Note.self) { _, _ in } }
        var options = JobOptions()
        options.correlationID = "request-9"
        let key = try await service.add(Sum(a: 1, b: 2), options: options)
        try await running(service) { try await ended(service, key, next.wait()[0]) }
        let spans = try await tracer.ended.wait(for: 4)
        func span(_ name: String) throws -> RecordingTracer.Ended { try #require(spans.first { $0.name == name }) }
        let (add, run) = (try span("enqueue math"), try span("process math"))
        let (addNext, runNext) = (try span("enqueue notes"), try span("process notes"))
        #expect(spans.count == 4 && Set(spans.map(\.trace)).count == 1)
        #expect(add.parent == nil && run.parent == add.id && addNext.parent == run.id && runNext.parent == addNext.id)
        #expect(add.kind == .producer && run.kind == .consumer)
        #expect(
            add.attributes == [
                "messaging.system": "drover", "messaging.destination.name": "math",
                "messaging.operation.name": "enqueue",
                "messaging.operation.type": "send", "messaging.message.id": key.id.text, "drover.job.name": "sum",
            ])
        let worker = try #require(run.attributes["drover.worker"])
        #expect(
            run.attributes == [
                "messaging.system": "drover", "messaging.destination.name": "math",
                "messaging.operation.name": "process",
                "messaging.operation.type": "process", "messaging.message.id": key.id.text, "drover.job.name": "sum",
                "drover.job.attempt": "1", "drover.job.outcome": "completed", "drover.worker": worker,
                "messaging.message.conversation_id": "request-9",
            ])
        #expect(run.status == nil && run.errors.isEmpty)
        let stored = try #require(try await store.job(key).options.telemetry)
        #expect(stored.metadata == #"{"traceparent":"00-\#(add.trace)-\#(add.id)-01","tracestate":"vendor=1"}"#)
    }

    @Test(
        "all jobs of a flow go on in the trace of its producer, and children that a handler adds in that of its attempt"
    )
    func flow() async throws {
        let service = service()
        service.work("notes") { handlers in
            handlers.on(Note.self) { note, context in
                guard note.text == "top", context.job.attemptsStarted == 1 else { return }
                try await context.addChild(Note(text: "late"))
                try await context.waitForChildren()
            }
        }
        var silent = JobOptions()
        silent.telemetry = JobTelemetry(metadata: nil, omitContext: true)
        let key = try await service.add(
            Flow(Note(text: "top")) {
                Child(Note(text: "inner")) { Child(Note(text: "leaf")) }
                Child(Note(text: "silent"), options: silent)
            })
        try await running(service) { try await ended(service, key) }
        // The flow's one, that of the late child, and those of six attempts: the first job has two.
        let spans = try await tracer.ended.wait(for: 8)
        #expect(spans.count == 8)
        let add = try #require(spans.first { $0.name == "enqueue notes" && $0.parent == nil })
        let late = try #require(spans.first { $0.name == "enqueue notes" && $0.parent != nil })
        #expect(spans.count { $0.trace == add.trace } == 7)
        let runs = spans.filter { $0.name == "process notes" }
        #expect(runs.count { $0.parent == add.id } == 4)
        #expect(runs.count { $0.parent == late.id } == 1)
        #expect(runs.contains { $0.id == late.parent && $0.attributes["drover.job.outcome"] == "waiting_for_children" })
    }

    @Test("a job that is added in a transaction goes on in the trace of its producer's span")
    func transaction() async throws {
        let enqueued = Probe<NewJob>("the enqueued job")
        let id = try JobID("7")
        let transaction = StubTransaction(results: [.added(id)]) { enqueued.signal($0[0]) }
        let key = try service().add(Sum(a: 1, b: 2), in: transaction)
        let span = try await tracer.ended.wait()[0]
        #expect(key.id == id && span.name == "enqueue math" && span.kind == .producer && span.status == nil)
        #expect(span.attributes["messaging.message.id"] == "7" && span.attributes["drover.job.name"] == "sum")
        let carried = try await enqueued.wait()[0].options.telemetry?.metadata
        #expect(carried == #"{"traceparent":"00-\#(span.trace)-\#(span.id)-01","tracestate":"vendor=1"}"#)
    }

    @Test("an attempt that fails is an error, and every attempt is in the producer's trace")
    func failures() async throws {
        let service = service()
        service.work("notes") { handlers in
            handlers.on(Note.self) { _, context in
                if context.job.attemptsStarted == 1 { throw Snooze(for: .zero) }
                throw Broken()
            }
        }
        let key = try await service.add(Note(text: ""), options: JobOptions(attempts: 2))
        try await running(service) { try await ended(service, key) }
        let runs = try await tracer.ended.wait(for: 4).filter { $0.name == "process notes" }
        #expect(runs.map { $0.attributes["drover.job.outcome"] } == ["snoozed", "retry", "failed"])
        #expect(runs.map { $0.attributes["drover.job.attempt"] } == ["1", "1", "2"])
        #expect(runs.map(\.status?.code) == [nil, .error, .error])
        #expect(runs.map(\.errors) == [[], ["it broke"], ["it broke"]])
        #expect(runs.allSatisfy { $0.trace == tracer.ended.values[0].trace })
        #expect(runs[1].status?.message == "it broke")
    }

    @Test("what fails without its handler is an error with its kind")
    func kinds() async throws {
        let service = service()
        service.work("q") { handlers in handlers.on("n") { _ in throw Unrecoverable("no") } }
        let ids = try await service.add([NewJob(name: "n"), NewJob(name: "unknown")], to: "q").compactMap(\.id)
        try await running(service) {
            try await ended(service, JobKey(queue: "q", id: ids[0]), JobKey(queue: "q", id: ids[1]))
        }
        let spans = try await tracer.ended.wait(for: 3)
        #expect(spans[0].attributes["messaging.batch.message_count"] == "2")
        #expect(spans[0].attributes["drover.job.name"] == nil)
        #expect(Set(spans.dropFirst().compactMap { $0.attributes["error.type"] }) == ["unrecoverable", "no_handler"])
    }

    @Test("a producer of another language leads the trace, and one that omits its context does not")
    func foreign() async throws {
        let lines = Probe<LogCapture.Line>("lines")
        let service = service(LogCapture.logger(lines))
        service.work("q") { handlers in
            handlers.otherwise { context in
                context.logger.info("at work")
                return .null
            }
        }
        // As BullMQ's client in Node stores them, past this service.
        var (led, omitted, broken) = (JobOptions(), JobOptions(), JobOptions())
        led.telemetry = JobTelemetry(metadata: context)
        omitted.telemetry = JobTelemetry(metadata: context, omitContext: true)
        broken.telemetry = JobTelemetry(metadata: "not JSON")
        let jobs = [led, omitted, broken].map { NewJob(name: "n", options: $0) }
        let ids = try await store.enqueue("q", jobs).compactMap(\.id)
        try await running(service) { for id in ids { try await ended(service, JobKey(queue: "q", id: id)) } }
        let spans = try await tracer.ended.wait(for: 3)
        #expect(spans[0].trace == trace && spans[0].parent == "b7ad6b7169203331")
        #expect(spans[1].trace != trace && spans[1].parent == nil)
        #expect(spans[2].parent == nil)
        let traces = lines.values.filter { $0.message == "at work" }.map { $0.metadata["trace_id"] }
        #expect(traces == spans.map { Optional($0.trace) })
    }

    @Test("a job that brings its own context, or none, keeps it")
    func own() async throws {
        var (own, none) = (JobOptions(), JobOptions())
        own.telemetry = JobTelemetry(metadata: context)
        none.telemetry = JobTelemetry(omitContext: true)
        let jobs = [own, none, JobOptions()].map { NewJob(name: "n", options: $0) }
        let ids = try await service().add(jobs, to: "q").compactMap(\.id)
        let stored = try await store.jobs(ids.map { JobKey(queue: "q", id: $0) }).compactMap { $0?.options.telemetry }
        try #require(stored.count == 3)
        #expect(stored[0] == own.telemetry && stored[1] == none.telemetry)
        #expect(stored[2].traceID == tracer.ended.values[0].trace)
    }

    @Test("a call that the store refuses is an error of the producer's span")
    func refused() async throws {
        let results = try await service().add([NewJob(name: "n", options: JobOptions(attempts: -1))], to: "q")
        #expect(results[0].id == nil)
        let span = try #require(tracer.ended.values.first)
        #expect(span.status?.code == .error && span.attributes["error.type"] == "refused")
    }

    @Test("without a tracer jobs carry no context and handlers have none; one that the job carries is still logged")
    func noTracer() async throws {
        let lines = Probe<LogCapture.Line>("lines")
        let service = JobService(store: store, logger: LogCapture.logger(lines))
        #expect(service.tracing == nil)
        let contexts = Probe<Bool>("contexts")
        service.work("q") { handlers in
            handlers.otherwise { context in
                contexts.signal(ServiceContext.current == nil)
                context.logger.info("at work")
                return .null
            }
        }
        var led = JobOptions()
        led.telemetry = JobTelemetry(metadata: context)
        let ids = try await service.add([NewJob(name: "n"), NewJob(name: "n", options: led)], to: "q").compactMap(\.id)
        try await running(service) { for id in ids { try await ended(service, JobKey(queue: "q", id: id)) } }
        #expect(try await store.job(JobKey(queue: "q", id: ids[0])).options.telemetry == nil)
        #expect(contexts.values == [true, true])
        let traces = lines.values.filter { $0.message == "at work" }.map { $0.metadata["trace_id"] }
        #expect(traces == [nil, trace])
    }
}
