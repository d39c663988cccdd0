import DroverTesting
import NIOCore
import Testing

@testable import RedisClient

@Suite("The deadlines of the connection machine")
struct ConnectionMachineTimeTests {
    @Test("fail an unsent command as certainly not run, with the reason why there was no connection")
    func unsent() {
        var rig = MachineRig()
        _ = rig.enqueue(1, timeout: .seconds(1))
        _ = rig.enqueue(2, timeout: .seconds(3))
        _ = rig.ended()
        rig.now = rig.now + .milliseconds(999)
        #expect(!rig.tick().contains("fail"))
        rig.now = rig.now + .milliseconds(1)
        #expect(rig.tick().contains("fail 1 timeout"))
        #expect(rig.lastError?.mayHaveRun == false)
        #expect(rig.lastError?.message.contains("test-made loss") == true)
        #expect(rig.machine.queue.count == 1)
    }

    @Test("fail a sent command as perhaps run and end the connection, because answers would no longer match")
    func sent() {
        var rig = MachineRig.ready()
        _ = rig.enqueue(1, timeout: .seconds(5))
        _ = rig.enqueue(2, timeout: .seconds(1))
        _ = rig.take()
        _ = rig.enqueue(3)
        rig.now = rig.machine.wakeAt
        #expect(
            rig.tick() == "fail 2 timeout mayHaveRun, lost, fail 1 connectionLost mayHaveRun, closeChannel")
        rig.now = rig.machine.wakeAt
        #expect(rig.tick() == "connect")
        rig.greet()
        #expect(rig.take() == "CMD3")
    }

    @Test("give a sent command its whole time from sending on, however long it waited before")
    func fromSending() {
        var rig = MachineRig()
        _ = rig.enqueue(1, timeout: .seconds(2))
        rig.now = rig.now + .milliseconds(1900)
        rig.greet()
        _ = rig.take()
        rig.now = rig.now + .milliseconds(1900)
        #expect(rig.tick() == "")
        rig.now = rig.now + .milliseconds(100)
        #expect(rig.tick().hasPrefix("fail 1 timeout mayHaveRun"))
    }

    @Test("of commands behind a blocking one begin when it is answered, and of those before it don't change")
    func blocking() {
        var rig = MachineRig.ready()
        _ = rig.enqueue(1, timeout: .seconds(31), isBlocking: true)
        _ = rig.enqueue(2, timeout: .seconds(1))
        _ = rig.take()
        rig.now = rig.now + .seconds(20)
        #expect(rig.tick() == "")
        #expect(rig.answered(.null) == "answer 1")
        #expect(rig.tick() == "")
        rig.now = rig.now + .milliseconds(999)
        #expect(rig.tick() == "")
        rig.now = rig.machine.wakeAt + .milliseconds(5)
        #expect(rig.tick().hasPrefix("fail 2 timeout"))
        var before = MachineRig.ready()
        _ = before.enqueue(1, timeout: .seconds(1))
        _ = before.enqueue(2, timeout: .seconds(31), isBlocking: true)
        _ = before.take()
        before.now = before.now + .seconds(1)
        #expect(before.tick().hasPrefix("fail 1 timeout"))
        var alone = MachineRig.ready()
        _ = alone.enqueue(1, timeout: .seconds(31), isBlocking: true)
        _ = alone.take()
        alone.now = alone.now + .seconds(31)
        #expect(alone.tick().hasPrefix("fail 1 timeout"))
    }

    @Test("wake the machine for a command behind a blocking one soon after that is answered")
    func wakeAfterBlocking() {
        var rig = MachineRig.ready()
        _ = rig.enqueue(1, timeout: .seconds(31), isBlocking: true)
        _ = rig.enqueue(2, timeout: .seconds(1))
        _ = rig.take()
        rig.now = rig.now + .seconds(10)
        _ = rig.tick()
        #expect(rig.machine.wakeAt == rig.now + .seconds(21))
        _ = rig.answered(.null)
        #expect(rig.machine.wakeAt <= rig.now)
    }

    @Test("end an attempt to connect or to greet that takes too long")
    func attempts() {
        var rig = MachineRig()
        _ = rig.enqueue(1, timeout: .seconds(60))
        rig.now = rig.now + .seconds(5)
        #expect(rig.tick() == "closeChannel, attemptFailed connect retry 25")
        rig.now = rig.machine.wakeAt
        #expect(rig.tick() == "connect")
        rig.now = rig.now + .seconds(4)
        #expect(rig.opened() == "greet HELLO")
        rig.now = rig.now + .seconds(1)
        #expect(rig.tick() == "closeChannel, attemptFailed connect retry 50")
    }

    @Test("send a PING after idle time, whose missing answer ends the connection")
    func idle() {
        var rig = MachineRig.ready(idle: .seconds(10))
        rig.now = rig.now + .seconds(9)
        _ = rig.enqueue(1)
        _ = rig.take()
        _ = rig.answered(.null)
        rig.now = rig.now + .milliseconds(9999)
        #expect(rig.tick() == "")
        rig.now = rig.machine.wakeAt + .milliseconds(5)
        #expect(rig.tick() == "write")
        #expect(rig.take() == "PING")
        rig.now = rig.now + .seconds(5)
        #expect(rig.tick().hasPrefix("fail 0 timeout mayHaveRun, lost"))
    }

    @Test("are all met by ticking at the times that the machine asks for")
    func wakeTimes() {
        var random = TestRun.generator()
        for _ in 0..<200 {
            var rig = Int.random(in: 0..<2, using: &random) == 0 ? MachineRig() : MachineRig.ready()
            var latest = rig.now
            for id in 1...20 {
                rig.now = rig.now + .milliseconds(Int64(Int.random(in: 0..<50, using: &random)))
                let timeout = TimeAmount.milliseconds(Int64(1 + Int.random(in: 0..<5000, using: &random)))
                latest = max(latest, rig.now + timeout)
                _ = rig.enqueue(UInt64(id), timeout: timeout)
                if Int.random(in: 0..<3, using: &random) == 0 { _ = rig.take() }
            }
            var failed = 0
            var ticks = 0
            while ticks < 1000, rig.machine.wakeAt <= latest + .milliseconds(6) {
                rig.now = max(rig.now, rig.machine.wakeAt)
                failed += rig.tick().components("fail")
                ticks += 1
            }
            #expect(failed == 20)
        }
    }
}

extension String {
    /// How often a word stands at the beginning of one of the parts.
    fileprivate func components(_ word: String) -> Int {
        split(separator: ", ").count { $0.hasPrefix("\(word) ") }
    }
}
