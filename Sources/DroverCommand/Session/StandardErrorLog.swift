import DroverCore
import Logging

/// Writes log lines for people: the time, the level, the message, then what belongs to it as name=value.
struct StandardErrorLog: LogHandler {
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

    /// A logger of this kind.
    static func logger(level: Logger.Level, session: Session) -> Logger {
        Logger(label: "drover") { _ in StandardErrorLog(level: level, session: session) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.shown("\($0.value)"))" }.joined()
        let level = event.level.rawValue
        let fill = String(repeating: " ", count: max(0, 7 - level.count))
        output.note(
            "\(InstantArgument.text(wallClock.now)) \(level)\(fill) \(Printable.text("\(event.message)"))\(pairs)")
    }

    /// A value as one word: quoted where it would not be one, or where it could steer the terminal.
    private static func shown(_ value: String) -> String {
        let isWord = value.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0 != "\"" && !Printable.isControl($0)
        }
        return isWord ? value : JSONWriter.string(value)
    }
}
