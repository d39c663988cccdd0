import NIOCore
import Testing

@testable import RedisClient

@Suite("The connection machine")
struct ConnectionMachineTests {
    @Test("connects for the first command, greets, and then sends what waited, in order")
    func firstCommand() {
        var rig = MachineRig()
        #expect(rig.enqueue(1) == "connect")
        #expect(rig.enqueue(2) == "none")
        #expect(rig.opened() == "greet HELLO")
        #expect(rig.received(.map([])) == "greet CLIENT")
        #expect(rig.received(.integer(5)) == "ready 3 5 first, write")
        #expect(rig.take() == "CMD1 CMD2")
        #expect(rig.answered(.integer(1)) == "answer 1")
        #expect(rig.answered(.integer(2)) == "answer 2")
        #expect(rig.answered(.integer(3)) == "violation")
    }

    @Test("fails sent commands as perhaps run when the connection ends, and keeps the others for the next one")
    func loss() {
        var rig = MachineRig.ready()
        _ = rig.enqueue(1)
        _ = rig.take()
        _ = rig.enqueue(2)
        #expect(rig.ended() == "lost, fail 1 connectionLost mayHaveRun, closeChannel")
        #expect(rig.enqueue(3) == "none")
        rig.now = rig.now + .milliseconds(24)
        #expect(rig.tick() == "")
        rig.now = rig.now + .milliseconds(1)
        #expect(rig.tick() == "connect")
        rig.greet()
        #expect(rig.take() == "CMD2 CMD3")
    }

    @Test("waits longer after each failure, up to the maximum, and connects again by itself after a loss")
    func backoff() {
        var rig = MachineRig.ready()
        _ = rig.ended()
        var waits: [Int64] = []
        for _ in 0..<8 {
            let begin = rig.now
            rig.now = rig.machine.wakeAt
            #expect(rig.tick() == "connect")
            waits.append((rig.now - begin).nanoseconds / 1_000_000)
            #expect(rig.ended().hasPrefix("closeChannel, attemptFailed connect retry"))
        }
        #expect(waits == [25, 50, 100, 200, 400, 800, 1000, 1000])
    }

    @Test("begins with short waits again after a connection that lasted")
    func backoffResets() {
        var rig = MachineRig.ready()
        for _ in 0..<5 {
            _ = rig.ended()
            rig.now = rig.machine.wakeAt
            _ = rig.tick()
            rig.greet()
        }
        #expect(rig.machine.failures == 5)
        rig.now = rig.now + .seconds(2)
        _ = rig.ended()
        #expect(rig.machine.wakeAt == rig.now + .milliseconds(25))
    }

    @Test(
        "stops trying when the first attempt fails and nobody waits, and then waits before the next command's attempt")
    func idleFailure() {
        var rig = MachineRig()
        #expect(rig.show(rig.machine.demandConnection(now: rig.now)) == "connect")
        #expect(rig.ended() == "closeChannel, attemptFailed connect")
        #expect(rig.enqueue(1) == "none")
        rig.now = rig.now + .milliseconds(25)
        #expect(rig.tick() == "connect")
        var eager = MachineRig()
        _ = eager.machine.demandConnection(now: eager.now)
        _ = eager.ended()
        #expect(eager.show(eager.machine.demandConnection(now: eager.now)) == "connect")
    }

    @Test("fails queued commands at once when the server refuses the password, and keeps them while it loads")
    func refusals() {
        var rig = MachineRig()
        _ = rig.enqueue(1)
        _ = rig.opened()
        #expect(
            rig.received(.error(RedisServerError(text: "WRONGPASS x")))
                == "closeChannel, fail 1 authentication, attemptFailed authentication")
        var loading = MachineRig()
        _ = loading.enqueue(1)
        _ = loading.opened()
        #expect(
            loading.received(.error(RedisServerError(text: "LOADING x")))
                == "closeChannel, attemptFailed connect retry 25")
        #expect(loading.machine.queue.count == 1)
    }

    @Test("never takes a push message for an answer, but a confirmation for the subscription that waits for it")
    func pushes() {
        var rig = MachineRig.ready()
        let message = RESPValue.push([.text("message"), .text("c"), .text("hi")])
        let confirmation = RESPValue.push([.text("subscribe"), .text("c"), .integer(1)])
        #expect(rig.answered(message) == "push")
        _ = rig.enqueue(1)
        _ = rig.enqueue(2, confirmation: .subscribed(channel: "c"))
        _ = rig.enqueue(3)
        _ = rig.take()
        #expect(rig.answered(message) == "push")
        #expect(rig.answered(.integer(1)) == "answer 1")
        #expect(rig.answered(message) == "push")
        #expect(rig.answered(.push([.text("subscribe"), .text("other"), .integer(1)])) == "push")
        #expect(rig.answered(confirmation) == "answer 2")
        #expect(rig.answered(confirmation) == "push")
        #expect(rig.answered(.integer(3)) == "answer 3")
        var greeting = MachineRig()
        _ = greeting.enqueue(1)
        _ = greeting.opened()
        #expect(greeting.received(message) == "")
    }

    @Test("refuses a subscription on a RESP2 connection and sends the commands around it")
    func subscriptionOnRESP2() {
        var rig = MachineRig()
        _ = rig.enqueue(1)
        _ = rig.enqueue(2, confirmation: .subscribed(channel: "c"))
        _ = rig.enqueue(3)
        _ = rig.opened()
        _ = rig.received(.error(RedisServerError(text: "ERR unknown command")))
        _ = rig.received(.integer(1))
        #expect(rig.take() == "CMD1 CMD3 fail 2 invalid")
    }

    @Test("withdraws a queued command and not a sent one")
    func withdrawal() {
        var rig = MachineRig.ready()
        _ = rig.enqueue(1)
        _ = rig.take()
        _ = rig.enqueue(2)
        _ = rig.enqueue(3)
        #expect(rig.machine.withdraw(id: 1) == nil)
        #expect(rig.machine.withdraw(id: 2)?.id == 2)
        #expect(rig.machine.withdraw(id: 2) == nil)
        #expect(rig.take() == "CMD3")
    }

    @Test("closes at once when nothing is under way, else after the last answer, and takes no more commands")
    func closing() {
        var idle = MachineRig.ready()
        #expect(idle.close(grace: .seconds(1)) == "attemptFailed closed, closeChannel, closed")
        #expect(idle.enqueue(1) == "fail 1 closed")
        #expect(idle.close(grace: .seconds(1)) == "closed")
        var rig = MachineRig.ready()
        _ = rig.enqueue(1)
        _ = rig.take()
        #expect(rig.close(grace: .seconds(1)) == "")
        #expect(rig.enqueue(2) == "fail 2 closed")
        #expect(rig.answered(.integer(1)) == "answer 1")
        #expect(rig.show(rig.machine.finishIfDrained()) == "attemptFailed closed, closeChannel, closed")
    }

    @Test("fails what is under way when the grace is over")
    func graceOver() {
        var rig = MachineRig.ready()
        _ = rig.enqueue(1)
        _ = rig.take()
        _ = rig.enqueue(2)
        _ = rig.close(grace: .milliseconds(100))
        #expect(rig.machine.wakeAt == rig.now + .milliseconds(100))
        rig.now = rig.machine.wakeAt
        #expect(
            rig.tick()
                == "fail 1 closed mayHaveRun, fail 2 closed, attemptFailed closed, closeChannel, closed")
        #expect(rig.tick() == "")
        #expect(rig.ended() == "")
    }

    @Test("makes no new connection after a loss while it closes, unless commands still wait for one")
    func lossWhileClosing() {
        var rig = MachineRig.ready()
        _ = rig.enqueue(1)
        _ = rig.take()
        _ = rig.close(grace: .seconds(1))
        #expect(rig.ended().hasSuffix("attemptFailed closed, closeChannel, closed"))
        var waiting = MachineRig()
        _ = waiting.enqueue(1)
        _ = waiting.close(grace: .seconds(1))
        #expect(waiting.ended() == "closeChannel, attemptFailed connect retry 25")
        waiting.now = waiting.machine.wakeAt
        #expect(waiting.tick() == "connect")
    }
}
