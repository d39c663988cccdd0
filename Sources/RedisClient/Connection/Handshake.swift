/// The greeting of a new connection: RESP3 with `HELLO`, or RESP2 with `AUTH` for servers that don't know it, then
/// `SELECT` and `CLIENT ID` ("Redis documentation, HELLO").
struct Handshake: Sendable {
    /// What to introduce ourselves with.
    struct Settings: Sendable, Hashable {
        var user: String?
        var password: String?
        var clientName: String?
        var database = 0
    }

    /// What is known of the server after the greeting.
    struct Greeting: Sendable, Hashable {
        var isRESP3: Bool
        var clientID: Int64?
    }

    /// Why the server doesn't let us in.
    struct Refusal: Sendable, Hashable {
        var code: RedisError.Code
        /// A sentence without secrets: what the server refused, and what to do.
        var reason: String
    }

    /// What to do after an answer.
    enum Outcome {
        case send(RedisCommand)
        case done(Greeting)
        case refused(Refusal)
    }

    private enum Step {
        case hello, auth, setName, select, clientID
    }

    let settings: Settings
    private var step = Step.hello
    private var isRESP3 = true

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// The first command, to be sent when the connection opens.
    var opening: RedisCommand {
        var hello = RedisCommand("HELLO")
        hello.append("3")
        if let password = settings.password {
            hello.append("AUTH")
            hello.append(settings.user ?? "default")
            hello.append(password)
        }
        if let clientName = settings.clientName {
            hello.append("SETNAME")
            hello.append(clientName)
        }
        return hello
    }

    /// Takes the answer to the command that was sent last.
    mutating func receive(_ answer: RESPValue) -> Outcome {
        var serverError: RedisServerError?
        if case .error(let error) = answer { serverError = error }
        if let serverError, let reason = Self.passingReason(serverError) {
            return .refused(Refusal(code: .connect, reason: reason))
        }
        switch step {
        case .hello:
            guard let serverError else {
                // Something else may listen, even this very socket when the port is one the system lends to clients.
                guard case .map = answer else {
                    return .refused(Refusal(code: .connect, reason: "what answers there is no Redis server"))
                }
                return afterNaming()
            }
            guard Self.isUnknownHello(serverError) else { return .refused(refusal(of: serverError)) }
            isRESP3 = false
            return authenticate()
        case .auth:
            if let serverError { return .refused(authenticationRefusal(serverError)) }
            return setName()
        case .setName:
            return afterNaming()
        case .select:
            guard let serverError else { return askID() }
            if serverError.prefix == "NOPERM" || serverError.prefix == "NOAUTH" {
                return .refused(refusal(of: serverError))
            }
            let reason = "the server has no database \(settings.database); choose one that it has ('databases' there)"
            return .refused(Refusal(code: .invalid, reason: reason))
        case .clientID:
            return .done(Greeting(isRESP3: isRESP3, clientID: answer.int))
        }
    }

    private mutating func authenticate() -> Outcome {
        guard let password = settings.password else { return setName() }
        step = .auth
        var command = RedisCommand("AUTH")
        if let user = settings.user { command.append(user) }
        command.append(password)
        return .send(command)
    }

    private mutating func setName() -> Outcome {
        guard let clientName = settings.clientName else { return afterNaming() }
        step = .setName
        return .send(.make("CLIENT", "SETNAME", clientName))
    }

    private mutating func afterNaming() -> Outcome {
        guard settings.database != 0 else { return askID() }
        step = .select
        return .send(.make("SELECT", String(settings.database)))
    }

    private mutating func askID() -> Outcome {
        step = .clientID
        return .send(.make("CLIENT", "ID"))
    }

    /// What errors mean that pass by themselves, so that another attempt makes sense; nil for others.
    private static func passingReason(_ error: RedisServerError) -> String? {
        if error.text.contains("max number of clients") {
            return "all connections of the server are taken; close some, or raise its maxclients"
        }
        guard ["LOADING", "MASTERDOWN", "BUSY", "TRYAGAIN"].contains(error.prefix) else { return nil }
        return "the server is not ready (\(error.prefix))"
    }

    /// Old servers know no HELLO, or not protocol 3.
    private static func isUnknownHello(_ error: RedisServerError) -> Bool {
        error.prefix == "NOPROTO" || error.text.lowercased().hasPrefix("err unknown command")
    }

    private func refusal(of error: RedisServerError) -> Refusal {
        switch error.prefix {
        case "WRONGPASS", "NOAUTH", "NOPERM": authenticationRefusal(error)
        // The text may repeat what was sent, so only its first word is told.
        default: Refusal(code: .connect, reason: "the server refused the greeting (\(error.prefix)); look into its log")
        }
    }

    private func authenticationRefusal(_ error: RedisServerError) -> Refusal {
        let who = settings.user.map { "user '\($0)'" } ?? "the default user"
        let reason =
            switch error.prefix {
            case "NOAUTH": "the server asks for a password; configure user and password"
            case "NOPERM": "\(who) lacks a permission; grant it with ACL SETUSER"
            default: "the server does not accept \(who) with the password given; check both (\(error.prefix))"
            }
        return Refusal(code: .authentication, reason: reason)
    }
}
