import DroverCore

/// The values that a model run draws from; made once, because making them costs more than using them.
enum ModelValues {
    static let ids = ["a", "b", "c", "d:e:f", "größer"]

    static let deduplications = ["d", "user:42", "größer"]

    static let groups = ["g", "größer:1"]

    static let texts = [
        "{}", "[]", "null", "0", #"{"n":9007199254740993}"#, #" { "a" : [ ] } "#, #"{"b":1,"a":"\u00e9é"}"#,
    ].map(JSONText.init(trusted:))

    static let steps: [StepName] = ["charge", "größer", "a:b c"]

    static let options: [JobOptions] = {
        var full = JobOptions(attempts: 5, backoff: .exponential(base: .seconds(1), jitter: 0.5), timeout: .seconds(9))
        full.completedRetention = Retention(count: 5, age: .seconds(60))
        full.failedRetention = .removeAtOnce
        full.keepLogs = 3
        full.stackTraceLimit = 2
        full.tags = ["red", "blue"]
        full.tenant = "t"
        full.group = "g"
        full.correlationID = "c"
        full.inputs = ["text": "result.body[0]"]
        full.metadata = ["k": "v"]
        var grouped = JobOptions(attempts: 3)
        grouped.group = "größer:1"
        var plain = full
        plain.group = nil
        var traced = JobOptions(attempts: 2)
        traced.telemetry = JobTelemetry(
            metadata: #"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"#)
        var brief = JobOptions(attempts: 2)
        brief.expiresAfter = .seconds(20)
        return [JobOptions(), JobOptions(), JobOptions(attempts: 3), full, plain, grouped, traced, brief]
    }()
}
