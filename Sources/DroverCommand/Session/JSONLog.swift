import DroverCore
import Logging

/// Writes log lines for programs: one JSON object a line, with `time` (RFC 3339, UTC), `level`, `message` and what belongs
/// to it.
struct JSONLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let output: Output
    private let wallClock: any WallClock

    /// A handler that writes to the session's notes.
    init(level: Logger.Level, session: Session) {
        logLevel = level
        output = session.output
        wallClock = session.wallClock
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var members = [
            (name: "time", value: JSONWriter.string(InstantArgument.text(wallClock.now))),
            (name: "level", value: JSONWriter.string(event.level.rawValue)),
            (name: "message", value: JSONWriter.string("\(event.message)")),
        ]
        let own = Set(members.map(\.name))
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where !own.contains(key) {
            members.append((key, Self.json(value)))
        }
        output.note(JSONWriter.object(members))
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): JSONWriter.string(text)
        case .stringConvertible(let value):
            switch value {
            case let number as any FixedWidthInteger: "\(number)"
            case let flag as Bool: flag ? "true" : "false"
            default: JSONWriter.string("\(value)")
            }
        case .array(let values): JSONWriter.array(values.map(json))
        case .dictionary(let members):
            JSONWriter.object(members.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
        }
    }
}

extension ServeConfiguration.Log {
    /// A logger as the configuration wants it.
    func logger(in session: Session) -> Logger {
        switch format {
        case .text: StandardErrorLog.logger(level: level, session: session)
        case .json: Logger(label: "drover") { _ in JSONLog(level: level, session: session) }
        }
    }
}
