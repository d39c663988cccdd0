import Testing

@testable import DroverCore

@Suite struct OptionsCoderTests {
    private let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(
        "options with a trace context come back as they were",
        arguments: [
            JobTelemetry(metadata: #"{"traceparent":"00-a-b-01","tracestate":"k=v"}"#), JobTelemetry(omitContext: true),
            JobTelemetry(metadata: "{}", omitContext: true), JobTelemetry(metadata: ""), JobTelemetry(metadata: "\\"),
            JobTelemetry(metadata: #"\","tm":"x","omc":true}"#),
            JobTelemetry(metadata: "ü\u{1}\n\"", omitContext: true),
        ])
    func survives(_ telemetry: JobTelemetry) throws {
        var full = JobOptions(attempts: 3, backoff: .fixed(.seconds(1)))
        full.metadata = ["tm": "x", "omc": "true", ",\"tm\":\"": "y"]
        for var options in [JobOptions(), full] {
            options.telemetry = telemetry
            var coder = OptionsCoder()
            let text = try #require(try coder.text(options))
            _ = try JSONText(text)
            #expect(coder.options(text) == options)
            #expect(coder.options(text)?.telemetry == telemetry)
        }
    }

    @Test("what other clients write is read wherever it stands")
    func others() throws {
        var expected = JobOptions(attempts: 1)
        expected.telemetry = JobTelemetry(metadata: #"{"traceparent":"\#(parent)"}"#)
        let metadata = #""{\"traceparent\":\"\#(parent)\"}""#
        for text in [
            #"{"attempts":0,"tm":\#(metadata)}"#, #"{"tm":\#(metadata),"attempts":0}"#, #"{"tm":\#(metadata)}"#,
            #"{ "attempts" : 0, "tm" : \#(metadata) }"#, #"{"attempts":0,"tm":\#(metadata),"delay":0}"#,
        ] {
            var coder = OptionsCoder()
            #expect(coder.options(text) == expected, "\(text)")
        }
        var coder = OptionsCoder()
        #expect(coder.options(#"{"attempts":2,"tm":{"a":1},"omc":"yes"}"#) == JobOptions(attempts: 2))
        #expect(coder.options(#"{"attempts":2,"omc":true}"#)?.telemetry == JobTelemetry(omitContext: true))
        #expect(coder.options(#"{"metadata":{"a":"1","tm":"x"}}"#)?.telemetry == nil)
        #expect(coder.options(#"{"tenant":"x","omc":true}"#)?.tenant == "x")
    }

    @Test("contexts that differ in each job leave the memory of options alone")
    func memory() throws {
        var coder = OptionsCoder()
        var options = JobOptions(attempts: 7)
        let plain = try #require(try coder.text(options))
        #expect(coder.options(plain) == options)
        for number in 0..<1000 {
            options.telemetry = JobTelemetry(metadata: "{\"traceparent\":\"\(number)\"}")
            let text = try #require(try coder.text(options))
            #expect(coder.options(text) == options)
        }
        #expect(coder.rememberedCount == 2)
    }

    @Test("the trace id is that of a W3C context")
    func traceID() {
        let id = "0af7651916cd43dd8448eb211c80319c"
        #expect(JobTelemetry(metadata: #"{"traceparent":"\#(parent)"}"#).traceID == id)
        #expect(JobTelemetry(metadata: #"{ "tracestate":"a", "traceparent" : "\#(parent)" }"#).traceID == id)
        for text in [
            "", "{}", #"{"traceparent":"00-abc-def-01"}"#,
            #"{"traceparent":"00-00000000000000000000000000000000-1-0"}"#,
            #"{"traceparent":"00-zz f7651916cd43dd8448eb211c8031-1-0"}"#,
        ] {
            #expect(JobTelemetry(metadata: text).traceID == nil, "\(text)")
        }
        #expect(JobTelemetry().traceID == nil)
    }
}
