import DroverCore
import Foundation
import Testing

@Suite struct JobOptionsTests {
    @Test func everyOptionSurvivesItsStoredForm() throws {
        var options = JobOptions(attempts: 4, priority: 9, lifo: true, timeout: .milliseconds(1500))
        options.backoff = .exponential(base: .milliseconds(250), jitter: 0.25, maximum: .seconds(60))
        options.retryFor = .seconds(3600)
        options.expiresAfter = .seconds(7200)
        options.start = .after(.milliseconds(1500))
        options.completedRetention = Retention(count: 10, age: .milliseconds(1500))
        options.failedRetention = .keepAll
        options.keepLogs = 0
        options.stackTraceLimit = 3
        options.tags = ["a", ""]
        options.tenant = "t"
        options.group = "g"
        options.correlationID = "c"
        options.inputs = ["text": "result.body"]
        options.metadata = ["k": "v\n\"ü\""]
        options.telemetry = JobTelemetry(metadata: #"{"traceparent":"00-a-b-01"}"#, omitContext: true)
        options.deduplication = Deduplication(
            id: "d", ttl: .milliseconds(1500), extend: true, replace: true, keepLastIfActive: true)
        options.deadLetterQueue = "dead"
        options.resultCache = ResultCache(key: "größer", lifetime: .milliseconds(1500))
        options.replay = JobReplay(origin: JobKey(queue: "mail", id: try JobID("1")), count: 2)
        #expect(try read(write(options)) == options)
    }

    @Test func spansOverAHundredYearsAreRefused() {
        for span in [\JobOptions.retryFor, \.timeout, \.expiresAfter] {
            var options = JobOptions()
            options[keyPath: span] = NewJob.longestDelay
            #expect(options.problem == nil)
            options[keyPath: span] = NewJob.longestDelay + .milliseconds(1)
            #expect(options.problem?.description.contains("at most 100 years") == true)
        }
    }

    @Test func waitsOverAHundredYearsAreRefused() {
        #expect(JobOptions(backoff: .fixed(NewJob.longestDelay)).problem == nil)
        let problem = JobOptions(backoff: .fixed(NewJob.longestDelay + .milliseconds(1))).problem
        #expect(problem?.description.contains("0…100 years") == true)
    }

    @Test func aLettersHistorySurvivesItsStoredForm() throws {
        var failed = JobOptions(attempts: 4, backoff: .fixed(.seconds(2)), priority: 3)
        failed.deduplication = .simple("d")
        failed.telemetry = JobTelemetry(metadata: "{}")
        failed.replay = JobReplay(origin: JobKey(queue: "mail", id: try JobID("1")), count: 2)
        var options = JobOptions()
        options.tags = ["a"]
        options.telemetry = JobTelemetry(metadata: #"{"traceparent":"00-a-b-01"}"#)
        let job = JobKey(queue: "mail", id: try JobID("größer"))
        options.deadLetter = DeadLetter(
            job: job, createdAt: Timestamp(milliseconds: 1_700_000_000_001), attempts: 4, reason: "no \"ü\"\n",
            traces: ["1", "2", "3", String(repeating: "x", count: 5000)], options: failed)
        let letter = try #require(try read(write(options)).deadLetter)
        #expect(letter == options.deadLetter)
        #expect(letter.traces.map(\.utf8.count) == [1, 1, 4096] && letter.job == job)
        // What another job holds, and the trace that goes on in the letter, are no part of it.
        #expect(letter.options.deduplication == nil && letter.options.telemetry == nil)
        #expect(letter.replays == 2 && letter.origin.id.text == "1")
        // As stores write and read it, with the trace behind all else.
        var coder = OptionsCoder()
        let text = try #require(try coder.text(options))
        #expect(coder.options(text) == options)
    }

    @Test(arguments: [
        #"{"deadLetter":{"queue":"a:b","id":"1"}}"#, #"{"deadLetter":7}"#, #"{"replay":{"count":2}}"#,
        #"{"deadLetterQueue":""}"#,
    ])
    func whatNamesNoJobIsNoLetter(_ text: String) throws {
        #expect(try read(Data(text.utf8)) == JobOptions())
    }

    @Test func theStoredFormUsesBullMQsNamesAndUnits() throws {
        var options = JobOptions(
            attempts: 3, backoff: .fixed(.seconds(2)), retryFor: .seconds(9), priority: 5, timeout: .seconds(1))
        options.completedRetention = Retention(count: 7, age: .seconds(60))
        options.failedRetention = .keep(9)
        options.keepLogs = 4
        options.correlationID = "c"
        options.deduplication = .debounce("user:42", for: .seconds(2))
        let members = try #require(JSONSerialization.jsonObject(with: write(options)) as? NSDictionary)
        let expected: NSDictionary = [
            "attempts": 3, "backoff": ["type": "fixed", "delay": 2000], "retryFor": 9000, "priority": 5,
            "timeout": 1000,
            "removeOnComplete": ["count": 7, "age": 60], "removeOnFail": 9, "kl": 4, "correlationId": "c",
            "de": ["id": "user:42", "ttl": 2000, "extend": true, "replace": true],
        ]
        #expect(members == expected)
    }

    @Test(arguments: [
        Dictionary(uniqueKeysWithValues: (0..<65).map { ("\($0)", "result") }), ["": "result"], ["a": ""],
        ["a": String(repeating: "x", count: 513)],
    ])
    func inputsOutOfRangeAreRefused(_ inputs: [String: String]) {
        var options = JobOptions()
        options.inputs = inputs
        #expect(options.problem?.subject == "inputs")
    }

    @Test func anExpiryIsStoredWithItsBegin() throws {
        var job = NewJob(name: "n", start: .after(.microseconds(1500)))
        job.options.expiresAfter = .seconds(60)
        let delayed = String(decoding: try write(job.storedOptions), as: UTF8.self)
        #expect(delayed.contains(#""expiresAfter":60000"#) && delayed.contains(#""delay":2"#))
        #expect(try read(write(job.storedOptions)).start == .after(.milliseconds(2)))
        job.start = .at(Timestamp(milliseconds: 1_700_000_000_001))
        #expect(try read(write(job.storedOptions)) == job.storedOptions)
        job.start = .after(.zero)
        #expect(job.storedOptions == job.options)
        job.options.expiresAfter = nil
        job.start = .after(.seconds(9))
        #expect(job.storedOptions == job.options)
    }

    @Test func anotherClientsDelayIsWhenTheTimeBegins() throws {
        let options = try read(Data(#"{"expiresAfter":60000,"delay":5000,"timestamp":1}"#.utf8))
        #expect(options.expiresAfter == .seconds(60) && options.start == .after(.seconds(5)))
        #expect(try read(Data(#"{"delay":5000}"#.utf8)) == JobOptions())
        #expect(try read(Data(#"{"expiresAfter":-1,"delay":5000}"#.utf8)) == JobOptions())
    }

    @Test(arguments: [Duration.zero, .seconds(-1), NewJob.longestDelay + .seconds(1)])
    func anExpiryOutOfRangeIsRefused(_ span: Duration) {
        var options = JobOptions()
        options.expiresAfter = span
        #expect(options.problem?.subject == "expires-after")
    }

    @Test func defaultsAreNotStoredExceptAttempts() throws {
        #expect(String(decoding: try write(JobOptions()), as: UTF8.self) == #"{"attempts":1}"#)
    }

    @Test(
        "BullMQ's short forms are read",
        arguments: [
            (#"{}"#, JobOptions()),
            (#"{"attempts":0}"#, JobOptions()),
            (#"{"attempts":5,"delay":0,"unknown":{"a":[]}}"#, JobOptions(attempts: 5)),
            (#"{"backoff":1500}"#, JobOptions(backoff: .fixed(.milliseconds(1500)))),
            (#"{"backoff":{"type":"fixed"}}"#, JobOptions(backoff: .fixed(.zero))),
            (
                #"{"backoff":{"type":"exponential","delay":1000,"jitter":0.5}}"#,
                JobOptions(backoff: .exponential(base: .seconds(1), jitter: 0.5))
            ),
            (#"{"removeOnComplete":true}"#, keeping(.removeAtOnce)),
            (#"{"removeOnComplete":false}"#, keeping(.keepAll)),
            (#"{"removeOnComplete":0}"#, keeping(.removeAtOnce)), (#"{"removeOnComplete":1}"#, keeping(.keep(1))),
            (#"{"removeOnComplete":100}"#, keeping(.keep(100))),
            (#"{"removeOnComplete":{"age":3600}}"#, keeping(.keep(for: .seconds(3600)))),
            (
                #"{"removeOnComplete":{"count":3,"age":0.5,"limit":9}}"#,
                keeping(Retention(count: 3, age: .milliseconds(500)))
            ),
            (#"{"removeOnComplete":{}}"#, keeping(.keepAll)),
        ])
    func readsShortForms(_ text: String, _ expected: JobOptions) throws {
        #expect(try read(Data(text.utf8)) == expected)
    }

    @Test(
        "A member in a form that is not known counts as not given, and the others are read",
        arguments: [
            (#"{"attempts":"3","priority":2}"#, JobOptions(priority: 2)),
            (#"{"attempts":1e300}"#, JobOptions(attempts: 1_000_000_000_000_000)),
            (#"{"attempts":3.0,"backoff":null}"#, JobOptions(attempts: 3)),
            (
                #"{"attempts":3,"backoff":{"type":"ours","delay":70,"jitter":"x","options":{"a":1}}}"#,
                JobOptions(attempts: 3, backoff: .custom("ours", base: .milliseconds(70)))
            ),
            (#"{"attempts":3,"backoff":{"type":7}}"#, JobOptions(attempts: 3, backoff: .fixed(.zero))),
            (#"{"attempts":3,"backoff":["ours"]}"#, JobOptions(attempts: 3)),
            (
                #"{"backoff":{"type":"exponential","delay":-5,"jitter":7}}"#,
                JobOptions(backoff: .exponential(base: .zero, jitter: 1))
            ),
            (#"{"backoff":99.5}"#, JobOptions(backoff: .fixed(.milliseconds(99)))),
            (#"{"removeOnComplete":-1}"#, keeping(.keepAll)),
            (#"{"removeOnComplete":{"count":-1,"age":60}}"#, keeping(.keep(for: .seconds(60)))),
            (#"{"removeOnComplete":{"count":"x","age":1e30}}"#, keeping(.keepAll)),
            (#"{"removeOnComplete":"later","lifo":1,"priority":true}"#, JobOptions()),
            (#"{"timeout":-1,"stackTraceLimit":"all","kl":null}"#, JobOptions()),
            (#"{"timeout":"1s","kl":-1}"#, limited(logs: 0, traces: nil)),
            (#"{"tags":{"a":1},"tenant":5,"group":{"id":"g"},"correlationId":[],"metadata":{"a":1}}"#, JobOptions()),
            (#"{"repeat":{"every":5},"de":{"name":"x"},"parent":{"id":"p"},"fpof":true,"lifo":true}"#, first()),
        ])
    func readsWhatOthersStore(_ text: String, _ expected: JobOptions) throws {
        #expect(try read(Data(text.utf8)) == expected)
    }

    @Test(
        "retention survives its stored form",
        arguments: [
            Retention.keepAll, .removeAtOnce, .keep(1), .keep(500), .keep(for: .seconds(86_400)),
            .keep(for: .milliseconds(1)), Retention(count: 0, age: .seconds(1)),
        ])
    func retentionSurvives(_ retention: Retention) throws {
        var options = JobOptions()
        options.failedRetention = retention
        #expect(try read(write(options)).failedRetention == retention)
    }

    @Test func onlyACountOfZeroRemovesAtOnce() {
        #expect(Retention.removeAtOnce.removesAtOnce)
        #expect(Retention(count: 0, age: .seconds(5)).removesAtOnce)
        for rule in [Retention.keepAll, .keep(1), .keep(for: .zero)] { #expect(!rule.removesAtOnce) }
    }

    @Test(
        "a job that breaks no rule has no problem",
        arguments: [
            NewJob(name: "job"), NewJob(name: "job", start: .after(.zero)),
            NewJob(name: "job", start: .after(NewJob.longestDelay)),
            NewJob(name: "job", start: .at(Timestamp(milliseconds: -5))),
            NewJob(name: "job", start: .at(Timestamp(milliseconds: 253_402_300_799_999))),
            NewJob(name: "job", options: JobOptions(attempts: 1_000_000, priority: JobOptions.largestPriority)),
            NewJob(name: "job", options: JobOptions(backoff: .fixed(.zero, jitter: 1), timeout: .nanoseconds(1))),
            NewJob(name: "job", options: limited(logs: 0, traces: 0)),
            NewJob(name: "job", options: keeping(.removeAtOnce)),
        ])
    func hasNoProblem(_ job: NewJob) { #expect(job.problem == nil) }

    @Test(
        "a job that breaks a rule has a problem that names the value",
        arguments: [
            (NewJob(name: "job", options: JobOptions(attempts: 0)), "attempts"),
            (NewJob(name: "job", options: JobOptions(attempts: -1)), "attempts"),
            (NewJob(name: "job", options: JobOptions(attempts: 1_000_001)), "attempts"),
            (NewJob(name: "job", options: JobOptions(priority: -1)), "priority"),
            (NewJob(name: "job", options: JobOptions(priority: 2_097_152)), "priority"),
            (NewJob(name: "job", options: JobOptions(backoff: .fixed(.seconds(-1)))), "backoff"),
            (NewJob(name: "job", options: JobOptions(backoff: .fixed(.zero, jitter: 1.5))), "backoff"),
            (NewJob(name: "job", options: JobOptions(backoff: .fixed(.zero, jitter: -0.1))), "backoff"),
            (NewJob(name: "job", options: JobOptions(backoff: .fixed(.zero, jitter: .nan))), "backoff"),
            (NewJob(name: "job", options: JobOptions(timeout: .zero)), "timeout"),
            (NewJob(name: "job", options: JobOptions(timeout: .seconds(-1))), "timeout"),
            (NewJob(name: "job", options: keeping(.keep(-1))), "retention"),
            (NewJob(name: "job", options: keeping(.keep(for: .seconds(-1)))), "retention"),
            (NewJob(name: "job", options: limited(logs: -1, traces: nil)), "limits"),
            (NewJob(name: "job", options: limited(logs: nil, traces: -1)), "limits"),
            (NewJob(name: "job", start: .after(.milliseconds(-1))), "delay"),
            (NewJob(name: "job", start: .after(NewJob.longestDelay + .seconds(1))), "delay"),
            (NewJob(name: "job", start: .at(Timestamp(milliseconds: 253_402_300_800_000))), "run-at"),
        ])
    func hasAProblem(_ job: NewJob, _ subject: String) { #expect(job.problem?.subject == subject) }

    @Test func aNewJobsIdMustBeOneThatAProgramMayChoose() throws {
        #expect(NewJob(id: try JobID("42"), name: "job").problem?.subject == "job id")
        #expect(NewJob(id: try JobID("a:b"), name: "job").problem?.subject == "job id")
        #expect(NewJob(id: try JobID("a"), name: "job").problem == nil)
    }

    @Test func aCommandIsHeldToTheRulesOfTheValueItSets() throws {
        let key = JobKey(queue: "q", id: try JobID("1"))
        #expect(JobCommand.changePriority(key, to: -1, lifo: false).problem?.subject == "priority")
        #expect(JobCommand.changeDelay(key, to: .seconds(-1)).problem?.subject == "delay")
        #expect(JobCommand.changeDelay(key, to: .zero).problem == nil)
        #expect(JobCommand.remove(key).problem == nil)
    }

    private func write(_ options: JobOptions) throws -> Data { try JSONEncoder().encode(options) }
    private func read(_ data: Data) throws -> JobOptions { try JSONDecoder().decode(JobOptions.self, from: data) }
}

private func keeping(_ retention: Retention) -> JobOptions {
    var options = JobOptions()
    options.completedRetention = retention
    return options
}

private func limited(logs: Int?, traces: Int?) -> JobOptions {
    var options = JobOptions()
    options.keepLogs = logs
    options.stackTraceLimit = traces
    return options
}

private func first() -> JobOptions { JobOptions(lifo: true) }
