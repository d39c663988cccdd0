import DroverCore
import Testing

@Suite struct WindowTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let span: Duration = .seconds(10)

    @Test("A window begins with the first job, counts all until its end, and then begins anew")
    func counts() {
        var window = Window()
        #expect(window.isOver(span, at: now))
        window.begin(2, in: span, at: now)
        window.begin(in: span, at: now + .seconds(9))
        #expect(window == Window(end: now + span, begun: 3))
        #expect(!window.isOver(span, at: now + .milliseconds(9999)))
        #expect(window.isOver(span, at: now + span))
        window.begin(in: span, at: now + span)
        #expect(window == Window(end: now + span + span, begun: 1))
    }

    @Test("A window that ends later than a span from now was counted before the clock was set back")
    func setBack() {
        var window = Window(end: now + .milliseconds(10_001), begun: 5)
        #expect(window.isOver(span, at: now))
        #expect(!window.isOver(span, at: now + .milliseconds(1)))
        #expect(!window.isOver(nil, at: now), "who does not know its span takes it as it is")
        window.begin(in: span, isOwn: false, at: now)
        #expect(window == Window(end: now + .milliseconds(10_001), begun: 6))
        window.begin(in: span, at: now)
        #expect(window == Window(end: now + span, begun: 1))
    }
}
