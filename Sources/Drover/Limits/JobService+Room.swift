import DroverCore

extension JobService {
    /// How many jobs an add that waits for room offers in one call, when it has offered all of them once.
    private static var offered: Int { 250 }

    /// Has jobs stored; those for which the queue has no room are offered again, as `whenFull` says.
    ///
    /// - Returns: one result for each job, in its place; `queueFull` for those that have found no room in the end.
    func offer(
        _ jobs: [NewJob], to queue: QueueName, _ whenFull: WhenFull
    ) async throws(StoreError) -> [EnqueueResult] {
        var results = try await store.enqueue(queue, jobs)
        guard case .wait(let most) = whenFull, results.contains(where: \.isQueueFull) else { return results }
        let clock = EngineClock(configuration.clock)
        var wait = RoomWait(atMost: most)
        var places = results.indices.filter { results[$0].isQueueFull }
        while !places.isEmpty, let span = wait.next(elapsed: clock.now(), random: configuration.random()),
            await clock.sleep(for: span)
        {
            var isFull = false
            while !isFull, !places.isEmpty {
                let part = places.prefix(Self.offered)
                let answers = try await store.enqueue(queue, part.map { jobs[$0] })
                for (place, answer) in zip(part, answers) { results[place] = answer }
                let left = part.filter { results[$0].isQueueFull }
                isFull = !left.isEmpty
                if left.count < part.count { wait.foundRoom() }
                places.replaceSubrange(..<part.endIndex, with: left)
            }
        }
        return results
    }
}
