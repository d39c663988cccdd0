public import DroverCore
import RedisClient

/// Telling parents how their children ended under other clients.
extension RedisStore {
    /// A page of such jobs of one queue, one script; cursors are that of the server, when the round began and the queue.
    ///
    /// A whole round is noted at the server, for as long as others need not look. It is noted when it has ended, with the time
    /// at which it began: a process that dies in the middle keeps nobody else from looking.
    public func releaseParents(after cursor: PageCursor?, limit: Int) async throws(StoreError) -> ParentRelease {
        guard let place = try ReleasePlace(cursor) else { return try await beginRelease(limit: limit) }
        return try await release(from: place, sharedQueues(), limit: limit)
    }

    private func beginRelease(limit: Int) async throws(StoreError) -> ParentRelease {
        let queues = try await readSharedQueues()
        guard let first = queues.first else { return ParentRelease() }
        var place = ReleasePlace(queue: first)
        if configuration.releaseFreshness > .zero {
            let note = try await lookNote()
            if note.left > 0 { return ParentRelease(isLeft: true) }
            place.begin = note.now ?? 0
        }
        return try await release(from: place, queues, limit: limit)
    }

    private func release(
        from start: ReleasePlace, _ queues: [QueueName], limit: Int
    ) async throws(StoreError) -> ParentRelease {
        // The queue may have been the last with such jobs, and gone since.
        guard let index = queues.firstIndex(where: { !($0 < start.queue) }) else {
            try await noteRelease(begunAt: start.begin)
            return ParentRelease()
        }
        let queue = queues[index]
        var arguments = arguments()
        arguments.append(queue == start.queue ? start.cursor : "0")
        arguments.append(max(limit, 1))
        let items = try await run(Scripts.tellParents, queue, arguments, "tell the parents of jobs of \(queue)").items
        guard let items, items.count == 3, let told = items[0].int, let next = items[1].text else {
            throw StoreError(
                .corrupt, "telling the parents of jobs of \(queue) was answered in a form that is not its own")
        }
        var release = ParentRelease(told: Int(told))
        if items[2].int == 1 {
            release.next =
                ReleasePlace(cursor: queue == start.queue ? start.cursor : "0", begin: start.begin, queue: queue).text
        } else if next != "0" {
            release.next = ReleasePlace(cursor: next, begin: start.begin, queue: queue).text
        } else if let other = queues.dropFirst(index + 1).first {
            release.next = ReleasePlace(begin: start.begin, queue: other).text
        } else {
            try await noteRelease(begunAt: start.begin)
        }
        return release
    }

    /// Lets others know until when they need not look, unless a round that began later has. Where that one ends in the moment
    /// between, somebody looks once more.
    private func noteRelease(begunAt begin: Int64) async throws(StoreError) {
        if begin == 0 { return }
        let note = try await lookNote()
        let end = begin + configuration.releaseFreshness.wholeMilliseconds
        guard let now = note.now, end - now > note.left else { return }
        _ = try await send(
            .make("SET", keys.sharedLook, "1", "PXAT", String(end)), "note that parents have been told")
    }

    /// How long others need not look yet, in ms, 0 where they need; and the server's clock, in ms.
    private func lookNote() async throws(StoreError) -> (left: Int64, now: Int64?) {
        let answers = try await send(
            [.make("PTTL", keys.sharedLook), .make("TIME")], "look whether parents have just been told")
        let time = (answers[1].items ?? []).compactMap { $0.text.flatMap { Int64($0) } }
        let now = time.count == 2 ? time[0] * 1000 + time[1] / 1000 : nil
        // A note that lasts longer is from before the server's clock was set back.
        let isValid = 0...configuration.releaseFreshness.wholeMilliseconds
        return (answers[0].int.map { isValid.contains($0) ? $0 : 0 } ?? 0, now)
    }

    /// The queues of the round that this process began last, or those of now.
    private func sharedQueues() async throws(StoreError) -> [QueueName] {
        if let queues = releasing { return queues }
        return try await readSharedQueues()
    }

    private func readSharedQueues() async throws(StoreError) -> [QueueName] {
        let bases =
            try await send(.make("SMEMBERS", keys.sharedQueues), "look for jobs that several wait for").items ?? []
        let queues = bases.compactMap { $0.text.flatMap(keys.queue(ofBase:)) }.sorted()
        releasing = queues
        return queues
    }
}

/// Where a step of a round begins.
private struct ReleasePlace {
    /// The server's cursor in the queue's register.
    var cursor = "0"
    /// When the round began, in ms of the server's own clock; 0 where nobody is to know of it.
    var begin: Int64 = 0
    var queue: QueueName

    init(cursor: String = "0", begin: Int64 = 0, queue: QueueName) {
        self.cursor = cursor
        self.begin = begin
        self.queue = queue
    }

    /// Nil for no cursor, where a round begins.
    init?(_ cursor: PageCursor?) throws(StoreError) {
        guard let cursor else { return nil }
        let parts = cursor.text.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3, UInt64(parts[0]) != nil, let begin = Int64(parts[1]), begin >= 0 else {
            throw PlaceCursor.unknown(cursor)
        }
        self.init(cursor: parts[0], begin: begin, queue: QueueName(stored: parts[2]))
    }

    var text: PageCursor { PageCursor("\(cursor) \(begin) \(queue.text)") }
}
