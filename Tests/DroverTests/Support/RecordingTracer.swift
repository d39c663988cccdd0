import DroverTesting
import Synchronization
import Tracing

/// A tracer that keeps its spans, and hands contexts on as W3C's traceparent.
struct RecordingTracer: Tracer {
    /// A span that has ended.
    struct Ended: Sendable {
        var name: String
        var kind: SpanKind
        var trace: String
        var id: String
        var parent: String?
        var attributes: [String: String]
        var status: SpanStatus?
        var errors: [String]
    }

    /// The spans that have ended, in the order of their ends.
    let ended = Probe<Ended>("spans")

    final class Span: Tracing.Span {
        private struct State {
            var name: String
            var attributes = SpanAttributes()
            var status: SpanStatus?
            var errors: [String] = []
        }

        let context: ServiceContext
        private let kind: SpanKind
        private let place: Place
        private let parent: String?
        private let ended: Probe<Ended>
        private let state: Mutex<State>

        fileprivate init(_ name: String, _ kind: SpanKind, _ parent: ServiceContext, _ ended: Probe<Ended>) {
            let digits = HexDigits()
            place = Place(trace: parent[PlaceKey.self]?.trace ?? digits.text(32), span: digits.text(16))
            self.parent = parent[PlaceKey.self]?.span
            self.kind = kind
            self.ended = ended
            var context = parent
            context[PlaceKey.self] = place
            self.context = context
            state = Mutex(State(name: name))
        }

        var isRecording: Bool { true }
        var operationName: String {
            get { state.withLock { $0.name } }
            set { state.withLock { $0.name = newValue } }
        }
        var attributes: SpanAttributes {
            get { state.withLock { $0.attributes } }
            set { state.withLock { $0.attributes = newValue } }
        }
        func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }
        func addEvent(_ event: SpanEvent) {}
        func addLink(_ link: SpanLink) {}
        func recordError<Instant: TracerInstant>(
            _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
        ) {
            state.withLock { $0.errors.append("\(error)") }
        }
        func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
            let state = state.withLock { $0 }
            var attributes: [String: String] = [:]
            state.attributes.forEach { name, value in
                switch value {
                case .string(let text): attributes[name] = text
                case .int32(let number): attributes[name] = "\(number)"
                case .int64(let number): attributes[name] = "\(number)"
                default: attributes[name] = "\(value)"
                }
            }
            ended.signal(
                Ended(
                    name: state.name, kind: kind, trace: place.trace, id: place.span, parent: parent,
                    attributes: attributes,
                    status: state.status, errors: state.errors))
        }
    }

    fileprivate struct Place: Sendable {
        var trace: String
        var span: String
    }

    fileprivate enum PlaceKey: ServiceContextKey { typealias Value = Place }

    /// Ids are drawn by the system: they must differ between tests.
    private struct HexDigits {
        func text(_ count: Int) -> String {
            (0..<count).map { _ in "123456789abcdef".randomElement().map(String.init) ?? "1" }.joined()
        }
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> Span {
        Span(operationName, kind, context(), ended)
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let place = context[PlaceKey.self] else { return }
        injector.inject("00-\(place.trace)-\(place.span)-01", forKey: "traceparent", into: &carrier)
        injector.inject("vendor=1", forKey: "tracestate", into: &carrier)
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let parts = (extractor.extract(key: "traceparent", from: carrier) ?? "").split(separator: "-")
        if parts.count == 4 { context[PlaceKey.self] = Place(trace: String(parts[1]), span: String(parts[2])) }
    }
}
