import DroverCore
import Logging
import RedisClient
import Synchronization

/// Wakes those of this process who wait for work or for requests to stop.
///
/// Work is told by the markers of the queues, on one blocked connection for all of them (PROTOCOL 7.3). A marker wakes
/// one process: one that nobody here can use is put back. Requests to stop are told on a channel for each queue, to
/// all processes; one that nobody waits for is kept.
final class WakeUpHub: Sendable {
    private struct State {
        var cancellations: Set<QueueName> = []
        var subscribed: Set<QueueName> = []
    }

    private let keys: KeySpace
    private let client: RedisClient
    private let timer: any Clock<Duration>
    private let list = WaitingList<WakeInterest, Result<WakeUp, StoreError>>()
    private let state = Mutex(State())
    private let markers: BlockingLoop

    init(configuration: RedisStoreConfiguration, keys: KeySpace, client: RedisClient, logger: Logger) {
        self.keys = keys
        self.client = client
        timer = configuration.timer
        let list = list
        let putBack: @Sendable (RedisCommand) async -> Void = { command in
            // A marker that is lost costs one wait (rule 8).
            _ = try? await client.send(command)
        }
        markers = BlockingLoop(configuration: configuration, client: client, logger: logger) {
            let queues = list.interests.reduce(into: Set<QueueName>()) { $0.formUnion($1.work) }
            if queues.isEmpty { return nil }
            var command = RedisCommand("BZPOPMIN")
            for queue in queues.sorted() { command.append(keys.marker(queue)) }
            command.append(Int(BlockingLoop.blocking.components.seconds))
            return BlockingLoop.Round(queues: queues, command: command)
        } answered: { result, round in
            switch result {
            case .failure(let error):
                let trouble = StoreError.redis(error, "wait for work")
                list.wake { interest in
                    let queues = interest.work.intersection(round.queues)
                    if queues.isEmpty { return nil }
                    // Markers may have come and gone meanwhile: let everybody look. Who can't wait, as without the rights
                    // to the markers, must not look again and again.
                    return trouble.isTransient ? .success(WakeUp(work: queues)) : .failure(trouble)
                }
            case .success(let value):
                guard let parts = value.items, parts.count == 3, let key = parts[0].text, let score = parts[2].text,
                    let queue = round.queues.first(where: { keys.marker($0) == key })
                else { return }
                let isUsed = list.wake { $0.work.contains(queue) ? .success(WakeUp(work: [queue])) : nil }
                if !isUsed { await putBack(.make("ZADD", key, "NX", score, parts[1].text ?? "0")) }
            }
        }
    }

    /// Waits for a hint.
    func wait(for interest: WakeInterest, atMost: Duration) async throws(StoreError) -> WakeUp {
        try await subscribe(to: interest.cancellations)
        if let kept = takeKept(interest) { return kept }
        if atMost <= .zero { return try await look(interest) }
        let answer = await list.wait(for: interest, atMost: atMost, timer: timer) {
            markers.wantsChanged(interest.work)
            // What was told between the look above and here found nobody.
            for queue in takeKept(interest)?.cancellations ?? [] { told(queue) }
        }
        return try answer?.get() ?? WakeUp()
    }

    /// Lets everybody go.
    func close() async {
        list.close()
        await markers.close()
    }

    /// Takes what is there without waiting.
    private func look(_ interest: WakeInterest) async throws(StoreError) -> WakeUp {
        var wakeUp = WakeUp()
        let queues = interest.work.sorted()
        let answers = await client.send(queues.map { .make("ZPOPMIN", keys.marker($0)) })
        for (queue, answer) in zip(queues, answers) {
            do {
                if try answer.get().items?.isEmpty == false { wakeUp.work.insert(queue) }
            } catch {
                throw .redis(error, "look for work of \(queue)")
            }
        }
        return wakeUp
    }

    // MARK: Requests to stop

    private func takeKept(_ interest: WakeInterest) -> WakeUp? {
        state.withLock { state in
            let told = state.cancellations.intersection(interest.cancellations)
            state.cancellations.subtract(told)
            return WakeUp(cancellations: told).ifNotEmpty
        }
    }

    private func told(_ queue: QueueName) {
        let isUsed = list.wake { $0.cancellations.contains(queue) ? .success(WakeUp(cancellations: [queue])) : nil }
        if !isUsed { state.withLock { _ = $0.cancellations.insert(queue) } }
    }

    private func subscribe(to queues: Set<QueueName>) async throws(StoreError) {
        let new = state.withLock { state in
            let new = queues.subtracting(state.subscribed)
            state.subscribed.formUnion(new)
            return new
        }
        for queue in new.sorted() {
            do {
                try await client.subscribe(to: keys.cancellations(queue)) { [weak self] _ in
                    self?.told(queue)
                } onReconnect: { [weak self] in
                    // Something may have been told while there was no connection.
                    self?.told(queue)
                }
            } catch {
                state.withLock { _ = $0.subscribed.remove(queue) }
                throw .redis(error, "listen on the channel \(keys.cancellations(queue)) for requests to stop jobs")
            }
        }
    }
}

extension WakeUp {
    fileprivate var ifNotEmpty: WakeUp? { isEmpty ? nil : self }
}
