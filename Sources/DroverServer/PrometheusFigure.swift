import CoreMetrics
import Synchronization

/// What one metric has counted or measured under one set of labels.
protocol PrometheusFigure: AnyObject, Sendable {
    /// Writes its samples.
    func write(_ name: String, _ labels: [(name: String, value: String)], to text: inout PrometheusText)
}

/// Counts up.
final class PrometheusCounter: PrometheusFigure, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.add(amount, ordering: .relaxed) }

    func reset() { count.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: [(name: String, value: String)], to text: inout PrometheusText) {
        text.sample(name, labels, Double(count.load(ordering: .relaxed)))
    }
}

/// Counts up, in fractions.
final class PrometheusFloatingPointCounter: PrometheusFigure, FloatingPointCounterHandler {
    private let sum = Mutex(0.0)

    func increment(by amount: Double) {
        if amount >= 0 { sum.withLock { $0 += amount } }
    }

    func reset() { sum.withLock { $0 = 0 } }

    func write(_ name: String, _ labels: [(name: String, value: String)], to text: inout PrometheusText) {
        text.sample(name, labels, sum.withLock { $0 })
    }
}

/// Goes up and down.
final class PrometheusGauge: PrometheusFigure, RecorderHandler, MeterHandler {
    private let value = Mutex(0.0)

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func write(_ name: String, _ labels: [(name: String, value: String)], to text: inout PrometheusText) {
        text.sample(name, labels, value.withLock { $0 })
    }
}

/// Sorts measurements into buckets; times are in seconds.
final class PrometheusHistogram: PrometheusFigure, TimerHandler, RecorderHandler {
    /// The buckets' upper ends: from a handler of milliseconds to one of ten minutes.
    static let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600]

    private struct State {
        /// How many fell into each bucket, and beyond the last one.
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func write(_ name: String, _ labels: [(name: String, value: String)], to text: inout PrometheusText) {
        let state = state.withLock { $0 }
        var total = 0
        for (count, bound) in zip(state.counts, Self.bounds + [.infinity]) {
            total += count
            text.sample("\(name)_bucket", labels + [("le", PrometheusText.number(bound))], Double(total))
        }
        text.sample("\(name)_sum", labels, state.sum)
        text.sample("\(name)_count", labels, Double(total))
    }
}
