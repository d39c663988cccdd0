internal import NIOCore

/// The errors of a connection, each with what was attempted, where, and what to do next.
extension RedisError {
    /// Whether it takes a change of configuration, here or at the server, to make a connection.
    var isRefusal: Bool {
        code == .authentication || code == .tls || code == .invalid
    }

    /// A server's error answer to a command.
    static func refusal(
        _ error: RedisServerError, to name: String, _ endpoint: String, file: String = #fileID, line: Int = #line
    ) -> RedisError {
        RedisError(
            .server, "\(name) on \(endpoint) was answered with an error: \(error.shownText).", server: error,
            mayHaveRun: mayHaveRun(error, name), file: file, line: line)
    }

    /// Errors that servers give before they run a command. A script may have run in part before one of its own
    /// commands met them.
    private static func mayHaveRun(_ error: RedisServerError, _ name: String) -> Bool {
        let isScript = ["EVAL", "EVALSHA", "FCALL", "EXEC"].contains(name.uppercased())
        switch error.prefix {
        case "NOSCRIPT", "LOADING", "NOAUTH", "MASTERDOWN", "BUSY", "MOVED", "ASK", "CLUSTERDOWN", "EXECABORT":
            return false
        case "OOM", "READONLY", "NOPERM", "WRONGTYPE", "MISCONF", "NOREPLICAS":
            return isScript
        case "ERR":
            return !error.text.hasPrefix("ERR unknown command")
                && !(error.text.hasPrefix("ERR wrong number of arguments") && !isScript)
        default:
            return true
        }
    }

    /// A command that was under way when its connection ended.
    static func lost(
        _ name: String, _ endpoint: String, _ cause: RedisError, file: String = #fileID, line: Int = #line
    ) -> RedisError {
        RedisError(
            cause.code == .protocolViolation ? .protocolViolation : .connectionLost,
            "The connection to \(endpoint) ended before \(name) was answered; it may have run, so repeat it only if "
                + "that does no harm.",
            cause: cause, mayHaveRun: true, file: file, line: line)
    }

    /// A sent command that got no answer in time.
    static func noAnswer(
        _ name: String, _ endpoint: String, _ time: TimeAmount, file: String = #fileID, line: Int = #line
    ) -> RedisError {
        RedisError(
            .timeout,
            "\(endpoint) did not answer \(name) within \(shown(time)); it may have run. The connection is made anew; "
                + "look whether the server is overloaded or stopped, or allow more time.",
            mayHaveRun: true, file: file, line: line)
    }

    /// A command that found no connection in time.
    static func notSent(
        _ name: String, _ endpoint: String, _ time: TimeAmount, _ cause: RedisError?, file: String = #fileID,
        line: Int = #line
    ) -> RedisError {
        RedisError(
            .timeout,
            "\(name) was not sent to \(endpoint): there was no connection within \(shown(time)). "
                + (cause?.message ?? "Check that the server runs and can be reached."),
            cause: cause, file: file, line: line)
    }

    /// An attempt to connect that took too long.
    static func notInTime(
        _ endpoint: String, _ time: TimeAmount, file: String = #fileID, line: Int = #line
    ) -> RedisError {
        RedisError(
            .connect,
            "Connecting to \(endpoint) took longer than \(shown(time)); check the address, the firewall, whether the "
                + "server answers, and whether both sides use TLS or neither does.",
            file: file, line: line)
    }

    /// A greeting that the server refused.
    static func refused(
        _ refusal: Handshake.Refusal, _ endpoint: String, file: String = #fileID, line: Int = #line
    ) -> RedisError {
        RedisError(refusal.code, "Connecting to \(endpoint) failed: \(refusal.reason).", file: file, line: line)
    }

    /// A call on a client that is closed, or a command that closing cut short.
    static func closed(
        _ name: String, _ endpoint: String, mayHaveRun: Bool, file: String = #fileID, line: Int = #line
    ) -> RedisError {
        let fate =
            mayHaveRun ? "was sent but not answered before the client closed" : "was not sent: the client is closed"
        return RedisError(
            .closed, "\(name) on \(endpoint) \(fate).", mayHaveRun: mayHaveRun, file: file, line: line)
    }

    /// A command that was withdrawn before it was sent.
    static func cancelled(_ name: String, _ endpoint: String, file: String = #fileID, line: Int = #line) -> RedisError {
        RedisError(
            .cancelled, "\(name) was not sent to \(endpoint): the task was cancelled before.", file: file, line: line)
    }

    /// A wait for a connection that closing cut short.
    static func closedWhileConnecting(
        _ endpoint: String, file: String = #fileID, line: Int = #line
    ) -> RedisError {
        RedisError(
            .closed, "Connecting to \(endpoint) ended because the client is closed; make a new client.", file: file,
            line: line)
    }

    /// A subscription at a server that can't have it beside commands.
    static func needsRESP3(_ name: String, _ endpoint: String, file: String = #fileID, line: Int = #line) -> RedisError
    {
        RedisError(
            .invalid,
            "\(name) was not sent to \(endpoint): the server speaks RESP2 only, which has no place for messages beside "
                + "answers. Use Redis 6 or later.",
            file: file, line: line)
    }

    private static func shown(_ time: TimeAmount) -> String {
        Duration.nanoseconds(time.nanoseconds).description
    }
}
