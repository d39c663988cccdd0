import DroverTesting
import Logging

/// Takes down what is logged.
struct LogCapture: LogHandler {
    /// One line.
    struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]

        var event: String? { metadata["event"] }
    }

    /// The lines, oldest first.
    let lines: Probe<Line>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    /// A logger that writes to a probe.
    static func logger(_ lines: Probe<Line>, level: Logger.Level = .trace) -> Logger {
        Logger(label: "test") { _ in LogCapture(lines: lines, logLevel: level) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.signal(Line(level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" }))
    }
}
