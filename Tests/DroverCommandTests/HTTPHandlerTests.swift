import Crypto
import Drover
import DroverTesting
import Foundation
import NIOHTTP1
import Testing

@testable import DroverCommand

@Suite struct HTTPHandlerTests {
    private static let attempt = HandledAttempt(
        key: JobKey(queue: "hooks", id: JobID(stored: "17")), name: "order paid",
        payload: JSONText(trusted: #"{"order": 9007199254740993, "name": "é"}"#), attempt: 3,
        idempotencyKey: "hooks:17:1750000000000")

    /// Posts one job to a receiver that answers in this way.
    private func post(
        status: HTTPResponseStatus, body: String = "", headers: HTTPHeaders = [:], secret: String? = nil
    ) async throws -> (result: Result<JSONText, any Error>, request: WebhookReceiver.Request) {
        let receiver = try await WebhookReceiver(status: status, body: body, headers: headers)
        let handler = HTTPHandler(
            url: receiver.url, secret: try secret.map(WebhookSecret.init(parsing:)), wallClock: ManualWallClock())
        let result: Result<JSONText, any Error>
        do { result = .success(try await handler.run(Self.attempt)) } catch { result = .failure(error) }
        await handler.close()
        let request = try #require(try await receiver.requests.wait().first)
        try await receiver.close()
        return (result, request)
    }

    @Test("the payload is posted byte for byte with the headers that name the job")
    func request() async throws {
        let (_, request) = try await post(status: .ok)
        #expect(request.method == .POST)
        #expect(request.body == Self.attempt.payload.text)
        #expect(request.headers.first(name: "content-type") == "application/json")
        #expect(request.headers.first(name: "webhook-id") == "hooks:17:1750000000000")
        #expect(request.headers.first(name: "webhook-timestamp") == "1750000000")
        #expect(request.headers.first(name: "drover-queue") == "hooks")
        #expect(request.headers.first(name: "drover-job-name") == "order%20paid")
        #expect(request.headers.first(name: "drover-attempt") == "3")
        #expect(request.headers.first(name: "webhook-signature") == nil)
    }

    @Test(
        "the signature is HMAC-SHA256 over id, timestamp and body, under the secret as text or from base64",
        arguments: [("plain secret", Array("plain secret".utf8)), ("whsec_AAECAwQ=", [0, 1, 2, 3, 4] as [UInt8])])
    func signature(secret: String, key: [UInt8]) async throws {
        let (_, request) = try await post(status: .ok, secret: secret)
        let id = try #require(request.headers.first(name: "webhook-id"))
        let timestamp = try #require(request.headers.first(name: "webhook-timestamp"))
        let value = try #require(request.headers.first(name: "webhook-signature"))
        #expect(value.hasPrefix("v1,"))
        let code = try #require(Data(base64Encoded: String(value.dropFirst(3))))
        #expect(
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Data("\(id).\(timestamp).\(request.body)".utf8), using: SymmetricKey(data: key)))
    }

    @Test("the specification's own example is signed as it says")
    func example() throws {
        let secret = try WebhookSecret(parsing: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: #"{"test": 2432232314}"#)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(
        "a 2xx answer's body is the result",
        arguments: [
            (HTTPResponseStatus.ok, #"{"ok": true}"#, #"{"ok": true}"#), (.created, "thanks", "\"thanks\""),
            (.noContent, "", "null"), (.accepted, "", "null"),
        ])
    func completes(status: HTTPResponseStatus, body: String, result: String) async throws {
        #expect(try await post(status: status, body: body).result.get().text == result)
    }

    @Test(
        "answers that may change fail the attempt only",
        arguments: [
            .internalServerError, .serviceUnavailable, .tooManyRequests, .requestTimeout,
            HTTPResponseStatus(statusCode: 425, reasonPhrase: "Too Early"), .movedPermanently,
        ] as [HTTPResponseStatus])
    func retried(status: HTTPResponseStatus) async throws {
        let failure = await #expect(throws: HandlerFailure.self) {
            try await post(status: status, body: "no", headers: ["location": "http://127.0.0.1:1/"]).result.get()
        }
        #expect(failure?.reason.contains("\(status.code)") == true)
    }

    @Test(
        "answers that will not change fail the job for good",
        arguments: [.gone, .badRequest, .unauthorized, .notFound, .unprocessableEntity] as [HTTPResponseStatus])
    func unrecoverable(status: HTTPResponseStatus) async throws {
        let failure = await #expect(throws: Unrecoverable.self) { try await post(status: status).result.get() }
        #expect(failure?.reason.contains("\(status.code)") == true)
    }

    @Test("an answer over the limit fails the attempt")
    func tooLong() async throws {
        let failure = await #expect(throws: HandlerFailure.self) {
            try await post(status: .ok, body: String(repeating: "x", count: OutsideResult.limit + 1)).result.get()
        }
        #expect(failure?.reason == "the response is longer than \(OutsideResult.limit) bytes")
    }

    @Test(
        "a receiver that is not there fails the attempt, and is told as one that can't have acted",
        arguments: [
            ("http://user:secret@127.0.0.1:1/path", "no connection to http://127.0.0.1:1: Connection refused"),
            ("http://localhost:1/path", "no connection to http://localhost:1: Connection refused"),
        ])
    func unreachable(url: String, says: String) async throws {
        let handler = HTTPHandler(url: url, secret: nil, wallClock: ManualWallClock())
        let failure = await #expect(throws: HandlerFailure.self) { try await handler.run(Self.attempt) }
        #expect(failure?.reason.hasPrefix(says) == true, "\(failure?.reason ?? "")")
        #expect(failure?.reason.hasSuffix("; nothing was sent") == true, "\(failure?.reason ?? "")")
        await handler.close()
    }

    @Test(
        "a connection that the receiver drops fails the attempt, and is told as one that may have acted",
        arguments: [nil, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"])
    func dropped(answer: String?) async throws {
        let receiver = try await DroppingReceiver(answer: answer)
        let handler = HTTPHandler(url: receiver.url, secret: nil, wallClock: ManualWallClock())
        let failure = await #expect(throws: HandlerFailure.self) { try await handler.run(Self.attempt) }
        #expect(
            failure?.reason
                == "no complete answer came: the receiver closed the connection; the receiver may have acted")
        await handler.close()
        try await receiver.close()
    }

    @Test("an answer that never ends fails the attempt when its time is up, also after its head")
    func endless() async throws {
        let receiver = try await WebhookReceiver(status: .ok, body: "some", isEndless: true)
        let clock = ManualClock()
        let handler = HTTPHandler(url: receiver.url, secret: nil, wallClock: ManualWallClock(), clock: clock)
        let running = Task { try await handler.run(Self.attempt) }
        _ = try await receiver.requests.wait()
        try await clock.waitForSleepers(1)
        clock.advance(by: HTTPHandler.longestRequest)
        let failure = await #expect(throws: HandlerFailure.self) { try await running.value }
        #expect(failure?.reason == "no complete answer came within 1m; the receiver may have acted")
        await handler.close()
        try await receiver.close()
    }

    @Test("a header's value holds visible ASCII only and can't smuggle another header")
    func headerValues() {
        #expect(HTTPHandler.headerValue("a b\r\nx: é%") == "a%20b%0D%0Ax:%20%C3%A9%25")
    }
}
