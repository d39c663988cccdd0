import RedisClient
import Testing

@Suite("The wait before a reconnection")
struct ReconnectBackoffTests {
    private let backoff = ReconnectBackoff()

    @Test("has a ceiling that doubles from 50 ms up to 2 s")
    func ceilings() {
        let waits = (0..<8).map { backoff.delay(failures: $0, random: 1) }
        #expect(waits == [50, 100, 200, 400, 800, 1600, 2000, 2000].map { Duration.milliseconds($0) })
        #expect(backoff.delay(failures: .max, random: 1) == .seconds(2))
    }

    @Test("is the random share of the ceiling, from nothing on")
    func jitter() {
        #expect(backoff.delay(failures: 3, random: 0) == .zero)
        #expect(backoff.delay(failures: 3, random: 0.25) == .milliseconds(100))
        #expect(backoff.delay(failures: 3, random: 7) == .milliseconds(400))
        #expect(backoff.delay(failures: -1, random: 1) == .milliseconds(50))
    }

    @Test("stays in bounds for strange settings")
    func strangeSettings() {
        let flat = ReconnectBackoff(base: .seconds(1), factor: 0, maximum: .seconds(9))
        #expect(flat.delay(failures: 100, random: 1) == .seconds(1))
        let inverted = ReconnectBackoff(base: .seconds(9), factor: 2, maximum: .seconds(1))
        #expect(inverted.delay(failures: 0, random: 1) == .seconds(1))
        let negative = ReconnectBackoff(base: .seconds(-1), factor: 2, maximum: .seconds(-1))
        #expect(negative.delay(failures: 0, random: 1) == .zero)
    }
}
