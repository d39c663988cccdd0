import DroverCore
import RedisClient

/// Keys of a queue under which something else lies: what another program wrote, or a mistake by hand.
extension RedisStore {
    /// Which keys of a queue hold something else, and what; nil when none is found. Only asked after an error.
    func damage(of queue: QueueName) async -> String? {
        let keys = keys.typed(queue)
        let answers = await client.send(keys.map(\.probe))
        let wrong = zip(keys, answers).filter { _, answer in
            if case .failure(let error) = answer { StoreError.isWrongType(error) } else { false }
        }.map(\.0)
        if wrong.isEmpty { return nil }
        // A user who may not ask for the type is told what belongs there.
        let types = await client.send(wrong.map { .make("TYPE", $0.key) })
        let texts = zip(wrong, types).map { key, answer in
            // The answer is only one more word in an error that is told anyway.
            let found = (try? answer.get())?.text.flatMap(TypedKey.Kind.init(rawValue:))?.text ?? "something else"
            return "\(ValidationError.quote(key.key)) holds \(found) where \(key.kind.text) belongs"
        }
        return texts.joined(separator: ", ")
    }

    /// An error of a call on a queue, with the keys that are to blame where one holds something else.
    func explained(
        _ error: StoreError, _ queue: QueueName, _ attempt: @autoclosure () -> String
    ) async -> StoreError {
        guard let cause = error.cause as? RedisError, StoreError.isWrongType(cause),
            let damage = await damage(of: queue)
        else { return error }
        return StoreError(.corrupt, "could not \(attempt()): \(damage); \(StoreError.wrongTypeAdvice)", cause: cause)
    }
}
