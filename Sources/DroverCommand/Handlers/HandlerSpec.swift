import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which handler `drover work` runs, as it is written on a command line.
enum HandlerSpec: Hashable, Sendable {
    /// Completes every job with null.
    case noop
    /// Completes every job with its payload.
    case echo
    /// Fails every attempt with a message.
    case fail(String)
    /// Completes every job with null after a while.
    case sleep(Duration)
    /// Hands every job to a program: the words of its command.
    case exec([String])
    /// Posts every job to a URL.
    case http(String)

    /// The forms that are accepted.
    static let forms = "noop, echo, fail[:MESSAGE], sleep:DURATION, exec:COMMAND or http:URL"

    /// Reads a handler.
    init(parsing text: String) throws(ValidationError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? String(parts[1]) : nil
        switch (parts.first, rest) {
        case ("noop", nil): self = .noop
        case ("echo", nil): self = .echo
        case ("fail", _): self = .fail(rest.flatMap { $0.isEmpty ? nil : $0 } ?? "failed on purpose")
        case ("sleep", let rest?): self = .sleep(try DurationArgument(parsing: rest).duration)
        case ("exec", let rest?): self = .exec(try CommandWords.split(rest))
        case ("http", let rest?), ("https", let rest?): self = .http(try Self.url(rest, whole: text))
        default:
            // What stands behind the colon may be secret.
            let kind = ValidationError.quote(text.prefix { $0 != ":" } + (rest == nil ? "" : ":"))
            throw ValidationError("handler", "\(kind) is not a handler; give \(Self.forms)")
        }
    }

    /// A URL's scheme, host and port: the rest, and a user before them, may be secret.
    static func origin(of url: String) -> String {
        let parts = URLComponents(string: url)
        guard let scheme = parts?.scheme, let host = parts?.host else { return "the receiver" }
        return "\(scheme)://\(host)\(parts?.port.map { ":\($0)" } ?? "")"
    }

    /// The handler as a log may show it, without what may be secret: a program's arguments, a URL's path.
    var summary: String {
        switch self {
        case .noop: "noop"
        case .echo: "echo"
        case .fail: "fail"
        case .sleep(let span): "sleep:\(DurationArgument(span))"
        case .exec(let words): "exec:\(words.first ?? "")"
        case .http(let url): "http:\(Self.origin(of: url))"
        }
    }

    /// Accepts `http:http://…` and, because everybody writes it, the URL alone.
    private static func url(_ rest: String, whole: String) throws(ValidationError) -> String {
        let url = rest.hasPrefix("//") ? whole : rest
        let hasScheme = url.hasPrefix("http://") || url.hasPrefix("https://")
        let host = URL(string: url)?.host(percentEncoded: false) ?? ""
        guard hasScheme, !host.isEmpty, !url.contains(where: \.isWhitespace) else {
            throw ValidationError("handler", "http: needs a URL; write http:https://host/path")
        }
        return url
    }
}
