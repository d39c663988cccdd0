import DroverCore
import Logging
import RedisClient

/// Wakes those of this process who wait for events, by reading all streams that are followed on one blocked connection.
final class EventHub: Sendable {
    private struct Follower: Sendable {
        var queue: QueueName
        var position: StreamPosition
    }

    private let timer: any Clock<Duration>
    private let list = WaitingList<Follower, Void>()
    private let streams: BlockingLoop

    init(configuration: RedisStoreConfiguration, keys: KeySpace, client: RedisClient, logger: Logger) {
        timer = configuration.timer
        let list = list
        streams = BlockingLoop(configuration: configuration, client: client, logger: logger) {
            let positions = Dictionary(list.interests.map { ($0.queue, $0.position) }) { min($0, $1) }
            if positions.isEmpty { return nil }
            let ordered = positions.sorted { $0.key < $1.key }
            var command = RedisCommand.make(
                "XREAD", "COUNT", "1", "BLOCK", String(BlockingLoop.blocking.wholeMilliseconds), "STREAMS")
            for (queue, _) in ordered { command.append(keys.events(queue)) }
            for (_, position) in ordered { command.append(position.text) }
            return BlockingLoop.Round(queues: Set(positions.keys), command: command)
        } answered: { result, round in
            switch result {
            case .failure:
                list.wake { round.queues.contains($0.queue) ? () : nil }
            case .success(let value):
                // A list of pairs, or with RESP3 a map: the stream's key and its entries.
                let items = value.items ?? []
                let told = Set(items.compactMap { $0.text ?? $0.items?.first?.text })
                list.wake { told.contains(keys.events($0.queue)) ? () : nil }
            }
        }
    }

    /// Waits until the queue has an event behind a position.
    func waitForEvent(
        of queue: QueueName, behind position: EventPosition, atMost: Duration
    ) async throws(StoreError) {
        let follower = Follower(queue: queue, position: try StreamPosition(position))
        _ = await list.wait(for: follower, atMost: atMost, timer: timer) { streams.wantsChanged([queue]) }
    }

    /// Lets everybody go.
    func close() async {
        list.close()
        await streams.close()
    }
}
