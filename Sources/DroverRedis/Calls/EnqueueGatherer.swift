import DroverCore
import RedisClient
import Synchronization

/// Sends the jobs that many callers add at the same time by one script.
///
/// A script costs the server some 12 µs whatever it does, twice as much as a job. The first of those who go out
/// together takes the others along, in its own task: the store's commands are sent whether or not a task is cancelled.
final class EnqueueGatherer: Sendable {
    /// What the script answered for the jobs of one call.
    typealias Answers = Result<ArraySlice<RESPValue>, StoreError>

    /// Somebody who waits with a call.
    private struct Caller: Sendable {
        let call: EnqueueCall
        let continuation: CheckedContinuation<Turn, Never>
    }

    /// What a caller is to do.
    private enum Turn {
        /// Send its call, and those of these companions behind it.
        case send([Caller])
        /// Another has sent it.
        case done(Answers)
    }

    /// How many calls may wait; further ones are refused.
    private let mostWaiting: Int
    private let lines = Mutex<[QueueName: GatheringLine<Caller>]>([:])

    /// - Parameter mostWaiting: how many calls on a queue may wait; further ones are refused.
    init(mostWaiting: Int) { self.mostWaiting = mostWaiting }

    /// Gives the script's answers to a call.
    ///
    /// - Parameter send: runs the script for such calls, in order.
    func answers(
        to call: EnqueueCall, in queue: QueueName,
        send: (_ calls: [EnqueueCall]) async throws(StoreError) -> [RESPValue]
    ) async throws(StoreError) -> ArraySlice<RESPValue> {
        let turn: Turn = await withCheckedContinuation { continuation in
            if let turn = self.turn(of: Caller(call: call, continuation: continuation), in: queue) {
                continuation.resume(returning: turn)
            }
        }
        switch turn {
        case .done(let answers): return try answers.get()
        case .send(let companions):
            let whole: Answers
            do throws(StoreError) {
                whole = .success(try await send([call] + companions.map(\.call))[...])
            } catch {
                whole = .failure(error)
                if error.code == .unreachable { giveUp(queue, error) }
            }
            sendNext(of: queue, after: companions.count + 1)
            var taken = call.count
            for companion in companions {
                let part = whole.map { $0.dropFirst(taken).prefix(companion.call.count) }
                companion.continuation.resume(returning: .done(part))
                taken += companion.call.count
            }
            return try whole.get().prefix(call.count)
        }
    }

    /// How many calls on a queue wait.
    func waitingCount(in queue: QueueName) -> Int { lines.withLock { $0[queue]?.waitingCount ?? 0 } }

    /// What a caller is to do who has just come; nil when it waits.
    private func turn(of caller: Caller, in queue: QueueName) -> Turn? {
        lines.withLock { lines in
            let waiting = lines[queue]?.waitingCount ?? 0
            if waiting >= mostWaiting {
                let text =
                    "could not add jobs to \(queue): \(waiting) calls wait already; add many jobs a call, or fewer at a time"
                return .done(.failure(StoreError(.unreachable, text)))
            }
            let goes = lines[queue, default: GatheringLine()].arrive(caller, size: caller.call.arguments.byteCount)
            return goes ? .send([]) : nil
        }
    }

    /// Lets those go out who have gathered meanwhile, when the answer for so many callers is there.
    private func sendNext(of queue: QueueName, after callers: Int) {
        let next = lines.withLock { lines in
            let next = lines[queue]?.answered(callers: callers) ?? []
            if lines[queue]?.isIdle == true { lines[queue] = nil }
            return next
        }
        if let first = next.first { first.continuation.resume(returning: .send(Array(next.dropFirst()))) }
    }

    /// Tells those who wait that the server was not reached: each would else wait for its own time-out behind others'.
    private func giveUp(_ queue: QueueName, _ error: StoreError) {
        let callers = lines.withLock { $0[queue]?.takeWaiting() ?? [] }
        for caller in callers { caller.continuation.resume(returning: .done(.failure(error))) }
    }
}
