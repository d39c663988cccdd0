import Testing

@testable import Drover

/// The waits of an add for room.
@Suite struct RoomWaitTests {
    private func waits(_ wait: inout RoomWait, _ count: Int, random: Double) -> [Duration?] {
        (0..<count).map { _ in wait.next(elapsed: .zero, random: random) }
    }

    @Test("waits double from 10 ms to a second, and jitter leaves at least half of each")
    func growing() {
        var whole = RoomWait(atMost: .seconds(3600))
        let spans: [Duration] = [10, 20, 40, 80, 160, 320, 640, 1000, 1000].map { .milliseconds($0) }
        #expect(waits(&whole, 9, random: 1) == spans)
        var half = RoomWait(atMost: .seconds(3600))
        #expect(waits(&half, 9, random: 0) == spans.map { $0 / 2 })
    }

    @Test("room that was found makes the next wait short again")
    func room() {
        var wait = RoomWait(atMost: .seconds(3600))
        #expect(waits(&wait, 5, random: 1).last == .milliseconds(160))
        wait.foundRoom()
        #expect(wait.next(elapsed: .zero, random: 1) == .milliseconds(10))
    }

    @Test("the last wait ends with the time, and behind it there is none")
    func end() {
        var wait = RoomWait(atMost: .seconds(2))
        _ = waits(&wait, 8, random: 1)
        #expect(wait.next(elapsed: .milliseconds(1700), random: 1) == .milliseconds(300))
        #expect(wait.next(elapsed: .seconds(2), random: 1) == nil)
        #expect(wait.next(elapsed: .seconds(3), random: 1) == nil)
    }

    @Test("no time is no wait", arguments: [Duration.zero, .seconds(-1)])
    func none(most: Duration) {
        var wait = RoomWait(atMost: most)
        #expect(wait.next(elapsed: .zero, random: 1) == nil)
    }
}
