import RedisClient
import Testing

@Suite("Errors of the client")
struct ErrorTests {
    @Test("A server's answer is told by its first word")
    func prefix() {
        #expect(RedisServerError(text: "NOSCRIPT No matching script.").prefix == "NOSCRIPT")
    }
}
