import DroverCore
import Logging

extension HandlerSpec {
    /// The handler itself.
    ///
    /// - Throws: `ValidationError` when the environment garbles something it needs.
    func handler(in session: Session, logger: Logger) throws -> any CommandHandler {
        switch self {
        case .noop: return NoopHandler()
        case .echo: return EchoHandler()
        case .fail(let message): return FailHandler(message: message)
        case .sleep(let span): return SleepHandler(span: span, clock: session.clock)
        case .exec(let words): return ExecHandler(words: words, clock: session.clock)
        case .http(let url):
            let secret = try session.environment["DROVER_HTTP_SECRET"].map(WebhookSecret.init(parsing:))
            if secret == nil {
                logger.warning("requests are not signed; set DROVER_HTTP_SECRET to sign them")
            }
            return HTTPHandler(url: url, secret: secret, wallClock: session.wallClock, clock: session.clock)
        }
    }
}
