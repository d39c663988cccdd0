import DroverCore
import RedisClient

/// What trouble with Redis means to who uses the store: the only place that translates it.
extension StoreError {
    /// - Parameter attempt: what was attempted, for example `claim jobs of email`.
    static func redis(_ error: RedisError, _ attempt: String) -> StoreError {
        if error.code == .closed { return StoreError(.closed, "the store has been closed; make a new one") }
        guard let answer = error.server else {
            return StoreError(meaning(of: error.code), "could not \(attempt): \(error.message)", cause: error)
        }
        let (code, advice) = meaning(of: answer)
        // Of an error inside of a script the server also tells the script, which helps nobody.
        let shown = answer.shownText
        var text = shown[..<(shown.firstRange(of: " script: ")?.lowerBound ?? shown.endIndex)]
        if text.last == "." { text.removeLast() }
        return StoreError(code, "could not \(attempt): \(text)\(advice.map { "; \($0)" } ?? "")", cause: error)
    }

    private static func meaning(of code: RedisError.Code) -> Code {
        switch code {
        // Nothing of these passes by itself.
        case .authentication, .tls, .invalid: .incompatible
        default: .unreachable
        }
    }

    /// The kind of an answer. Redis 6 tells what a command inside a script met behind words of its own.
    private static func kind(of answer: RedisServerError) -> String {
        guard answer.text.hasPrefix("ERR Error running script") else { return answer.prefix }
        let inner = ["OOM", "READONLY", "MISCONF", "NOREPLICAS", "WRONGTYPE", "NOPERM"]
        let words = answer.text.split(separator: " ").map { $0.drop { $0 == "-" } }
        return inner.first { words.contains(Substring($0)) } ?? answer.prefix
    }

    private static func meaning(of answer: RedisServerError) -> (Code, String?) {
        switch kind(of: answer) {
        case "LOADING", "MASTERDOWN", "READONLY", "UNBLOCKED":
            (.unreachable, "the server is starting or changing its role; the same call may succeed soon")
        // While the slot is moved the server answers so for every key that is not there (any more), as a script's first one.
        case "ASK", "TRYAGAIN":
            (.unreachable, "the slot of this prefix is being moved to another server; the same call may succeed soon")
        case "CLUSTERDOWN":
            (.unreachable, "a part of the cluster is not served; see CLUSTER INFO on the server")
        case "MOVED":
            (.incompatible, "another server of the cluster has the keys of this prefix; name that one in the URL")
        case "NOREPLICAS":
            (.full, "fewer replicas are in touch than min-replicas-to-write asks for; bring them back or lower it")
        case "BUSY": (.busy, "a script holds the server")
        case "OOM":
            (.full, "give the server more memory (maxmemory), or remove finished jobs")
        case "MISCONF":
            (.full, "the server can't write to its disk; look at its log")
        case "NOAUTH", "WRONGPASS", "NOPERM":
            (.incompatible, rights)
        case "WRONGTYPE":
            (.corrupt, "a key of the queue holds something else; \(wrongTypeAdvice)")
        // What a user may not do inside of a script is told as an error of the script.
        case "ERR" where answer.text.contains("can't run this command") || answer.text.contains("can't access"):
            (.incompatible, rights)
        default: (.corrupt, nil)
        }
    }

    /// Whether a command met a key that holds something else.
    static func isWrongType(_ error: RedisError) -> Bool { error.server.map(kind) == "WRONGTYPE" }

    /// What to do about such a key.
    static let wrongTypeAdvice =
        "look for another program under the same prefix, and rename or delete the key when nobody needs it"

    private static let rights = "give a user with the rights that docs/redis.md lists"
}
