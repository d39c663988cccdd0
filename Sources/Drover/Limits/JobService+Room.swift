import DroverCore

extension JobService {
    /// How many jobs an add that waits for room offers in one call, when it has offered all of them once.
    private static var offered: Int { 250 }

    /// Has jobs stored; those for which the queue has no room are offered again, as `whenFull` says.
    ///
    /// - Returns: one result for each job, in its place; `queueFull` for those that have found no room in the end.
    /// - Throws: `StoreError`, which says how many jobs had been stored before.
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
            // One job asks whether there is room: those that there is none for would travel in vain.
            var count = 1
            while !isFull, !places.isEmpty {
                let part = places.prefix(count)
                count = Self.offered
                let answers: [EnqueueResult]
                do throws(StoreError) {
                    answers = try await store.enqueue(queue, part.map { jobs[$0] })
                } catch {
                    let stored = results.count { $0.id != nil }
                    throw stored == 0 ? error : error.afterStoring(stored, of: jobs.count)
                }
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

extension StoreError {
    /// The error of an add that had come so far before.
    fileprivate func afterStoring(_ stored: Int, of all: Int) -> StoreError {
        StoreError(
            code, "\(message); \(stored) of \(all) jobs had been stored before", cause: cause, file: file, line: line)
    }
}
