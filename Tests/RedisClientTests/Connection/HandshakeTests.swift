import NIOCore
import Testing

@testable import RedisClient

@Suite("The greeting")
struct HandshakeTests {
    private let ok = RESPValue.string(ByteBuffer(string: "OK"))
    private let full = Handshake.Settings(user: "u", password: "hunter2", clientName: "me", database: 2)

    private func error(_ text: String) -> RESPValue {
        .error(RedisServerError(text: text))
    }

    private func text(_ command: RedisCommand) -> String {
        String(buffer: command.body).split(separator: "\r\n").filter { !$0.hasPrefix("$") }.joined(separator: " ")
    }

    private func text(_ outcome: Handshake.Outcome) -> String {
        switch outcome {
        case .send(let command): text(command)
        case .done(let greeting): "done \(greeting.isRESP3 ? 3 : 2) \(greeting.clientID ?? -1)"
        case .refused(let refusal): "refused \(refusal.code): \(refusal.reason)"
        }
    }

    @Test("is HELLO with everything, SELECT and CLIENT ID at a server that speaks RESP3")
    func resp3() {
        var handshake = Handshake(full)
        #expect(text(handshake.opening) == "HELLO 3 AUTH u hunter2 SETNAME me")
        #expect(text(handshake.receive(.map([]))) == "SELECT 2")
        #expect(text(handshake.receive(ok)) == "CLIENT ID")
        #expect(text(handshake.receive(.integer(9))) == "done 3 9")
    }

    @Test("says only what is configured")
    func bare() {
        var handshake = Handshake(Handshake.Settings())
        #expect(text(handshake.opening) == "HELLO 3")
        #expect(text(handshake.receive(.map([]))) == "CLIENT ID")
        #expect(text(handshake.receive(error("NOPERM no"))) == "done 3 -1")
        #expect(text(Handshake(Handshake.Settings(password: "p")).opening) == "HELLO 3 AUTH default p")
    }

    @Test(
        "falls back to RESP2 when the server knows no HELLO",
        arguments: [
            "ERR unknown command `HELLO`, with args beginning with: `3`", "ERR unknown command 'hello'", "NOPROTO no",
        ])
    func resp2(answer: String) {
        var handshake = Handshake(full)
        #expect(text(handshake.receive(error(answer))) == "AUTH u hunter2")
        #expect(text(handshake.receive(ok)) == "CLIENT SETNAME me")
        #expect(text(handshake.receive(error("ERR unknown command"))) == "SELECT 2")
        #expect(text(handshake.receive(ok)) == "CLIENT ID")
        #expect(text(handshake.receive(error("ERR unknown subcommand"))) == "done 2 -1")
        var bare = Handshake(Handshake.Settings())
        #expect(text(bare.receive(error(answer))) == "CLIENT ID")
        var old = Handshake(Handshake.Settings(password: "p"))
        #expect(text(old.receive(error(answer))) == "AUTH p")
    }

    @Test("ends with .authentication when the server refuses user or password, and never repeats the password")
    func authentication() {
        for answer in ["WRONGPASS invalid hunter2", "NOAUTH HELLO must be called", "NOPERM this user has no hunter2"] {
            var handshake = Handshake(full)
            let outcome = text(handshake.receive(error(answer)))
            #expect(outcome.hasPrefix("refused authentication"))
            #expect(!outcome.contains("hunter2"))
        }
        var old = Handshake(full)
        _ = old.receive(error("ERR unknown command"))
        #expect(text(old.receive(error("ERR invalid password"))).hasPrefix("refused authentication"))
        var selecting = Handshake(full)
        _ = selecting.receive(.map([]))
        #expect(text(selecting.receive(error("NOPERM"))).hasPrefix("refused authentication"))
    }

    @Test("asks for another attempt while the server is loading or full")
    func passing() {
        for answer in ["LOADING Redis is loading", "MASTERDOWN Link", "ERR max number of clients reached"] {
            var handshake = Handshake(full)
            #expect(text(handshake.receive(error(answer))).hasPrefix("refused connect"))
            _ = handshake.receive(.map([]))
            #expect(text(handshake.receive(error(answer))).hasPrefix("refused connect"))
        }
        var handshake = Handshake(full)
        let outcome = text(handshake.receive(error("ERR something about hunter2")))
        #expect(outcome.hasPrefix("refused connect"))
        #expect(!outcome.contains("hunter2"))
    }

    @Test("goes on only with a server that answers HELLO as Redis does")
    func strangers() {
        for answer in [ok, .array([.string(ByteBuffer(string: "HELLO"))]), .null, .integer(1)] {
            var handshake = Handshake(full)
            #expect(text(handshake.receive(answer)).hasPrefix("refused connect"))
        }
    }

    @Test("ends with .invalid when the server hasn't the database")
    func database() {
        var handshake = Handshake(full)
        _ = handshake.receive(.map([]))
        #expect(text(handshake.receive(error("ERR DB index is out of range"))).hasPrefix("refused invalid"))
    }
}
