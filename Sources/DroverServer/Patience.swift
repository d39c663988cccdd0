import Synchronization

/// Asks something that may not answer, for a while only.
final class Patience<Answer: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Answer?, Never>?>

    private init(_ continuation: CheckedContinuation<Answer?, Never>) { waiting = Mutex(continuation) }

    /// The answer, or nil when none came in time. What did not answer is left to itself: a store need not listen to a
    /// cancellation, and nobody waits for it here.
    static func answer(
        within span: Duration, _ ask: @escaping @Sendable () async -> Answer
    ) async -> Answer? {
        await withCheckedContinuation { continuation in
            let patience = Patience(continuation)
            let timer = Task {
                // Cut short when the answer has come.
                try? await Task.sleep(for: span)
                patience.end(with: nil)
            }
            // Unstructured, both: the first to end answers, and the other one is not waited for.
            Task {
                patience.end(with: await ask())
                timer.cancel()
            }
        }
    }

    private func end(with answer: Answer?) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: answer)
    }
}
