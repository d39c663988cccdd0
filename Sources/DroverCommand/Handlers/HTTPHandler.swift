import AsyncHTTPClient
import Drover
import DroverCore
import NIOCore
import NIOHTTP1
import Synchronization

/// Posts every job to a URL, signed as the Standard Webhooks specification says; the response's body is the result.
///
/// The id of the request is the job's idempotency key, the same in every attempt, so that a receiver can drop what it
/// has seen. A status of 2xx completes the job; 408, 425, 429, 3xx, 5xx and trouble on the way fail the attempt; every
/// other status fails the job, because the same request would be refused again.
struct HTTPHandler: CommandHandler {
    private let url: String
    private let secret: WebhookSecret?
    private let wallClock: any WallClock
    private let clock: any Clock<Duration>
    private let client: HTTPClient

    /// How long a request may take, to the end of its answer, when its job says nothing.
    static let longestRequest: Duration = .seconds(60)

    /// A handler with a client of its own, which `close` ends.
    init(
        url: String, secret: WebhookSecret?, wallClock: any WallClock, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.url = url
        self.secret = secret
        self.wallClock = wallClock
        self.clock = clock
        var configuration = HTTPClient.Configuration()
        // A redirect would turn the POST into a GET, or carry the signature to a place that nobody chose.
        configuration.redirectConfiguration = .disallow
        // The job's own retries decide what happens when nobody answers.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async {
        // Nothing is under way any more; there is nobody left to tell.
        try? await client.shutdown()
    }

    func run(_ attempt: HandledAttempt) async throws -> JSONText {
        let limit = attempt.timeout ?? Self.longestRequest
        let sending = Sending(attempt.payload)
        let answer: Answer
        do {
            answer = try await self.answer(to: request(for: attempt, sending), within: limit)
        } catch {
            try Task.checkCancellation()
            throw HTTPTrouble.failure(
                error is TimeIsUp ? nil : error, within: limit, origin: HandlerSpec.origin(of: url),
                wasSent: sending.hasBegun)
        }
        try judge(answer.status)
        guard let body = answer.body else {
            throw HandlerFailure("the response is longer than \(OutsideResult.limit) bytes")
        }
        return OutsideResult.json(String(decoding: body, as: UTF8.self))
    }

    /// A request's body that tells whether the client has begun to send it.
    ///
    /// The client asks for it when it has a connection and has written the head. No kind of error tells it as well: a
    /// reset, for example, may come before or after.
    private final class Sending: Sendable {
        private let payload: JSONText
        private let rest: Mutex<ByteBuffer?>

        init(_ payload: JSONText) {
            self.payload = payload
            rest = Mutex(ByteBuffer(string: payload.text))
        }

        /// Whether anything of the payload may have reached the receiver.
        var hasBegun: Bool { rest.withLock { $0 == nil } }

        /// The body, which can be read once.
        var body: HTTPClientRequest.Body {
            .stream(AsyncStream { self.rest.withLock { $0.take() } }, length: .known(Int64(payload.text.utf8.count)))
        }
    }

    /// What a receiver said: its status, and its body unless that is over the limit.
    private struct Answer: Sendable {
        var status: HTTPResponseStatus
        var body: [UInt8]?
    }

    /// No whole answer came in time.
    private struct TimeIsUp: Error {}

    /// Sends a request and reads the whole answer.
    ///
    /// The client's own timeout ends with the head of the answer: a body that trickles would hold the job for ever. Its
    /// timeout between two reads is of no use either, since a job may allow its receiver any time to think.
    ///
    /// - Throws: ``TimeIsUp``, or what the client throws.
    private func answer(to request: HTTPClientRequest, within limit: Duration) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { [client] in
                let response = try await client.execute(request, timeout: .milliseconds(limit.wholeMilliseconds))
                return Answer(status: response.status, body: try await Self.read(response.body))
            }
            group.addTask { [clock] in
                try await clock.sleep(for: limit)
                throw TimeIsUp()
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw TimeIsUp() }
            return answer
        }
    }

    private func request(for attempt: HandledAttempt, _ sending: Sending) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        let body = attempt.payload.text
        let id = Self.headerValue(attempt.idempotencyKey)
        let timestamp = wallClock.now.milliseconds / 1000
        request.headers = [
            "content-type": "application/json",
            "user-agent": "drover",
            "webhook-id": id,
            "webhook-timestamp": String(timestamp),
            "drover-queue": Self.headerValue(attempt.key.queue.text),
            "drover-job-name": Self.headerValue(attempt.name.text),
            "drover-attempt": String(attempt.attempt),
        ]
        if let secret {
            request.headers.add(
                name: "webhook-signature", value: secret.signature(id: id, timestamp: timestamp, body: body))
        }
        request.body = sending.body
        return request
    }

    /// Names may hold any character, headers only visible ASCII: the rest is percent-encoded, the percent sign too.
    static func headerValue(_ text: String) -> String {
        var value = ""
        for byte in text.utf8 {
            if (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%") {
                value.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                value += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return value
    }

    private func judge(_ status: HTTPResponseStatus) throws {
        let said = "the receiver answered \(status.code) \(status.reasonPhrase)"
        switch status.code {
        case 200..<300: return
        case 408, 425, 429: throw HandlerFailure(said)
        case 400..<500: throw Unrecoverable(said)
        case 300..<400: throw HandlerFailure("\(said), and redirects are not followed; give the final URL")
        default: throw HandlerFailure(said)
        }
    }

    /// Reads the body, or nil when it is over the limit: the rest is left, and the connection closed.
    private static func read(_ body: HTTPClientResponse.Body) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        for try await chunk in body {
            bytes.append(contentsOf: chunk.readableBytesView)
            if bytes.count > OutsideResult.limit { return nil }
        }
        return bytes
    }
}
