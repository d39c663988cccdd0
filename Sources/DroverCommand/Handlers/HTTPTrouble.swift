import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// What is said about a request that got no complete answer: in words for people, and whether the receiver may have
/// acted.
enum HTTPTrouble {
    /// The failure of the attempt.
    ///
    /// - Parameters:
    ///   - error: what the client threw; nil when the time was up.
    ///   - limit: how long the request might take.
    ///   - origin: where it went: scheme, host and port.
    ///   - wasSent: whether anything of it may have arrived there.
    static func failure(
        _ error: (any Error)?, within limit: Duration, origin: String, wasSent: Bool
    ) -> HandlerFailure {
        let error = error as? HTTPClientError == .deadlineExceeded ? nil : error
        let what = wasSent ? "no complete answer came" : "no connection to \(origin)"
        let after = wasSent ? "the receiver may have acted" : "nothing was sent"
        guard let error else { return HandlerFailure("\(what) within \(DurationArgument(limit)); \(after)") }
        return HandlerFailure("\(what): \(words(error)); \(after)", detail: "\(error)")
    }

    /// An error in words for people; those of the libraries where there are no better ones.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return POSIX.words(error.errnoCode)
        case let error as NIOConnectionError:
            // One for each address of the name; the last is that of IPv4, where there is one.
            if let failure = error.connectionErrors.last { return words(failure.error) }
            return "its address was not found"
        case is ChannelError: return "the connection was closed"
        case HTTPParserError.invalidEOFState: return "the receiver closed the connection"
        case is HTTPParserError: return "what came is not HTTP: \(error)"
        case let error as HTTPClientError: return words(error)
        default: return "\(error)"
        }
    }

    private static func words(_ error: HTTPClientError) -> String {
        switch error {
        case .remoteConnectionClosed, .uncleanShutdown: "the receiver closed the connection"
        case .connectTimeout: "the connection timed out"
        case .tlsHandshakeTimeout: "the TLS handshake took too long"
        default: error.shortDescription
        }
    }
}
