public import CoreMetrics
import Synchronization

/// Collects what the program's metrics say, and writes it as Prometheus' text.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// MetricsSystem.bootstrap(registry)
/// …
/// let text = registry.text()
/// ```
///
/// A timer becomes a histogram in seconds, a recorder that does not aggregate and a meter become gauges, an aggregating
/// recorder a histogram. Metrics of one name share a type; one that is made with another type is left out of the text.
public final class PrometheusRegistry: Sendable {
    private struct Key: Hashable {
        var name: String
        var labels: [String]
    }

    private struct Series {
        var kind: PrometheusText.Kind
        var labels: [(name: String, value: String)]
        var figure: any PrometheusFigure
    }

    private let families = Mutex<[String: [Key: Series]]>([:])
    private let helps: [String: String]

    /// An empty registry.
    ///
    /// - Parameter helps: what metrics mean, by their names; others are described by their name alone.
    public init(helps: [String: String] = [:]) { self.helps = helps }

    /// All metrics as Prometheus' text, in the order of their names.
    public func text() -> String {
        var text = PrometheusText()
        write(to: &text)
        return text.text
    }

    func write(to text: inout PrometheusText) {
        let families = families.withLock { $0 }
        for (name, series) in families.sorted(by: { $0.key < $1.key }) {
            guard let kind = series.values.first?.kind else { continue }
            text.metric(name, kind, help: helps[name] ?? name.split(separator: "_").joined(separator: " "))
            for (_, series) in series.sorted(by: { $0.key.labels.lexicographicallyPrecedes($1.key.labels) }) {
                series.figure.write(name, series.labels, to: &text)
            }
        }
    }

    /// The figure of a name and labels; it is made the first time.
    private func figure<Figure: PrometheusFigure>(
        _ label: String, _ dimensions: [(String, String)], _ kind: PrometheusText.Kind, _ make: () -> Figure
    ) -> Figure {
        let labels = dimensions.map { (name: PrometheusText.name($0.0), value: $0.1) }
        let name = PrometheusText.name(label)
        // In whatever order they are given, the same labels are one series.
        let key = Key(name: name, labels: labels.sorted { $0.name < $1.name }.flatMap { [$0.name, $0.value] })
        return families.withLock { families in
            if let known = families[name]?[key]?.figure as? Figure { return known }
            let figure = make()
            let fits = families[name]?.values.allSatisfy { $0.kind == kind && $0.figure is Figure } ?? true
            if fits { families[name, default: [:]][key] = Series(kind: kind, labels: labels, figure: figure) }
            return figure
        }
    }

    private func remove(_ figure: AnyObject) {
        families.withLock { families in
            for (name, series) in families {
                let left = series.filter { $0.value.figure !== figure }
                if left.count < series.count { families[name] = left.isEmpty ? nil : left }
            }
        }
    }
}

extension PrometheusRegistry: MetricsFactory {
    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        figure(label, dimensions, .counter) { PrometheusCounter() }
    }

    /// A counter of fractions.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        figure(label, dimensions, .counter) { PrometheusFloatingPointCounter() }
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        figure(label, dimensions, .gauge) { PrometheusGauge() }
    }

    /// A histogram, or a gauge where nothing is aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? figure(label, dimensions, .histogram) { PrometheusHistogram() }
            : figure(label, dimensions, .gauge) { PrometheusGauge() }
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        figure(label, dimensions, .histogram) { PrometheusHistogram() }
    }

    /// Takes a counter out of the text.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    /// Takes a counter out of the text.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }

    /// Takes a gauge out of the text.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    /// Takes a histogram or a gauge out of the text.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    /// Takes a histogram out of the text.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
