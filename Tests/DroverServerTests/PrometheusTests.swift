import CoreMetrics
import DroverCore
import DroverTesting
import Testing

@testable import DroverServer

@Suite struct PrometheusTests {
    @Test("each kind of metric is written as Prometheus has it, in the order of names and labels")
    func kinds() {
        let registry = PrometheusRegistry(helps: ["jobs_total": "Jobs \\ and\nlines."])
        let counters = ["b", "a\"\\\n"].map { registry.makeCounter(label: "jobs_total", dimensions: [("queue", $0)]) }
        counters[0].increment(by: 2)
        counters[1].increment(by: 3)
        registry.makeFloatingPointCounter(label: "seconds_total", dimensions: []).increment(by: 0.5)
        registry.makeRecorder(label: "running", dimensions: [], aggregate: false).record(Int64(7))
        registry.makeMeter(label: "a.level", dimensions: [("the-zone", "x")]).set(-1.25)
        #expect(
            registry.text() == """
                # HELP a_level a level
                # TYPE a_level gauge
                a_level{the_zone="x"} -1.25
                # HELP jobs_total Jobs \\\\ and\\nlines.
                # TYPE jobs_total counter
                jobs_total{queue="a\\"\\\\\\n"} 3
                jobs_total{queue="b"} 2
                # HELP running running
                # TYPE running gauge
                running 7
                # HELP seconds_total seconds total
                # TYPE seconds_total counter
                seconds_total 0.5

                """)
    }

    @Test("a timer is a histogram in seconds, whose buckets hold all below them")
    func histogram() {
        let registry = PrometheusRegistry()
        let timer = registry.makeTimer(label: "took_seconds", dimensions: [("queue", "q")])
        for nanoseconds in [1_000_000, 1_000_001, 700_000_000_000] as [Int64] { timer.recordNanoseconds(nanoseconds) }
        let lines = registry.text().split(separator: "\n")
        #expect(lines.contains(#"took_seconds_bucket{queue="q",le="0.001"} 1"#))
        #expect(lines.contains(#"took_seconds_bucket{queue="q",le="0.005"} 2"#))
        #expect(lines.contains(#"took_seconds_bucket{queue="q",le="600"} 2"#))
        #expect(lines.contains(#"took_seconds_bucket{queue="q",le="+Inf"} 3"#))
        #expect(lines.contains(#"took_seconds_count{queue="q"} 3"#))
        #expect(lines.contains { $0.hasPrefix(#"took_seconds_sum{queue="q"} 700.00200"#) })
    }

    @Test("one name and the same labels are one series; a destroyed one is gone")
    func identity() {
        let registry = PrometheusRegistry()
        let first = registry.makeCounter(label: "n_total", dimensions: [("a", "1")])
        let second = registry.makeCounter(label: "n_total", dimensions: [("a", "1")])
        first.increment(by: 1)
        second.increment(by: 1)
        #expect(registry.text().contains("n_total{a=\"1\"} 2\n"))
        // Another type under the name would make the text one that nobody can read.
        registry.makeMeter(label: "n_total", dimensions: [("a", "2")]).set(5.0)
        #expect(!registry.text().contains("a=\"2\""))
        registry.destroyCounter(first)
        #expect(registry.text().isEmpty)
    }
}
