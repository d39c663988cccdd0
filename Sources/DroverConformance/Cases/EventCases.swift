import DroverCore

extension ConformanceCase {
    static let eventContents: [ConformanceCase] = [
        Case("events", "a job that succeeds: added, waiting, active, completed, drained") { bench in
            try await bench.add("a", name: "greet")
            try await bench.settle(bench.claimOne(), .completed(JSONText("1")))
            let one = try JSONText("1")
            try await bench.expect(
                bench.kinds(), is: [.added("greet"), .waiting(from: nil), .active, .completed(one), .drained],
                "the events")
        },
        Case("events", "an event tells when it happened") { bench in
            try await bench.add("a")
            let created = try await bench.job("a").createdAt
            try await bench.advance(by: .seconds(10))
            try await bench.settle(bench.claimOne(), .completed(.null))
            let end = try await bench.unwrap(bench.job("a").finishedAt, "an end")
            let instants = try await bench.events().map(\.at)
            try bench.expect(instants, is: [created, created, end, end, end], "the instants")
        },
        Case("events", "a prioritized and a lifo job are waiting, a delayed one is delayed until its time") { bench in
            try await bench.add("p", priority: 1)
            try await bench.add("l", lifo: true)
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.expect(bench.kinds(of: "p"), is: [.added("job"), .waiting(from: nil)], "prioritized")
            try await bench.expect(bench.kinds(of: "l"), is: [.added("job"), .waiting(from: nil)], "lifo")
            let due = try await bench.unwrap(bench.job("d").dueAt, "a due time")
            try await bench.expect(bench.kinds(of: "d"), is: [.added("job"), .delayed(until: due)], "delayed")
        },
        Case("events", "a known id is told as duplicated, a refused job not at all") { bench in
            try await bench.add("a")
            try await bench.expectEvents(["duplicated a"]) {
                _ = try await bench.store.enqueue(
                    bench.queue,
                    [
                        NewJob(id: JobID(stored: "a"), name: "job"),
                        NewJob(id: JobID(stored: "b"), name: "job", options: JobOptions(priority: -1)),
                    ])
            }
        },
        Case("events", "a due job is waiting from delayed, before it is active") { bench in
            try await bench.add("d", start: .after(.seconds(10)))
            try await bench.advance(by: .seconds(10))
            let start = try await bench.end()
            try await bench.claimOne()
            try await bench.expect(bench.kinds(since: start), is: [.waiting(from: .delayed), .active], "the events")
        },
        Case("events", "failed tells the reason, and exhaustion only when the failure says so") { bench in
            try await bench.finish(["a"], .failed(Failure(reason: "no", isExhausted: false)))
            try await bench.finish(["b"], .failed(Failure(reason: "never", isExhausted: true)))
            try await bench.finish(["c"], .cancelled)
            try await bench.expect(bench.kinds(of: "a").suffix(1), is: [.failed("no")], "not exhausted")
            try await bench.expect(
                bench.kinds(of: "b").suffix(2), is: [.failed("never"), .retriesExhausted(attemptsMade: 1)], "exhausted")
            try await bench.expect(bench.kinds(of: "c").suffix(1), is: [.failed("cancelled")], "cancelled")
        },
        Case("events", "a job put back is waiting from active, one that waits for a time is delayed until then") {
            bench in
            for (id, outcome) in [
                ("r", Outcome.retry(after: .zero, Failure(reason: "no"))), ("s", .snoozed(.zero)), ("e", .released),
            ] {
                try await bench.add(id, lifo: true)
                try await bench.settle(bench.claimOne(), outcome)
                try await bench.expect(bench.kinds(of: id).last, is: .waiting(from: .active), "after \(outcome)")
                try await bench.apply(.remove(bench.key(id)))
            }
            for (id, outcome) in [
                ("x", Outcome.retry(after: .seconds(9), Failure(reason: "no"))), ("y", .snoozed(.seconds(9))),
            ] {
                try await bench.add(id)
                try await bench.settle(bench.claimOne(), outcome)
                let due = try await bench.unwrap(bench.job(id).dueAt, "a due time")
                try await bench.expect(bench.kinds(of: id).last, is: .delayed(until: due), "after \(outcome)")
            }
        },
        Case("events", "drained comes only when nothing is ready and nothing active any more") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claim(2)
            try await bench.expectEvents(["completed a"]) { try await bench.settle(claimed[0], .completed(.null)) }
            try await bench.add("c")
            try await bench.expectEvents(["completed b"]) { try await bench.settle(claimed[1], .completed(.null)) }
            let last = try await bench.claimOne()
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.expectEvents(["completed c", "drained"]) { try await bench.settle(last, .completed(.null)) }
        },
        Case("events", "an exchange that finished nothing tells no drained") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.expectEvents(["delayed a"]) { try await bench.settle(claimed, .snoozed(.seconds(60))) }
            try await bench.expectEvents([]) { try await bench.exchange(claim: 1) }
        },
        Case("events", "one exchange tells its outcomes, then promotions, then claims") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claimOne()
            try await bench.add("d", start: .after(.seconds(10)))
            try await bench.advance(by: .seconds(10))
            try await bench.expectEvents(["completed a", "waiting d", "active b", "active d"]) {
                try await bench.exchange([Settlement(lease: claimed.lease, outcome: .completed(.null))], claim: 5)
            }
        },
    ]

    static let eventReading: [ConformanceCase] = [
        Case("events", "positions are different and reading goes on behind each of them") { bench in
            try await bench.addAll(["a", "b", "c"])
            let all = try await bench.events()
            try bench.expect(Set(all.map(\.position)).count, is: 6, "the number of positions")
            for (index, event) in all.enumerated() {
                try await bench.expect(
                    bench.events(since: event.position), is: Array(all[(index + 1)...]), "the events behind \(index)")
            }
        },
        Case("events", "a page holds no more than its limit and the next goes on without a gap") { bench in
            try await bench.addAll(["a", "b", "c"])
            let all = try await bench.events()
            var start = EventQuery.Start.beginning
            var read: [JobEvent] = []
            for _ in 0..<4 {
                let query = EventQuery(queue: bench.queue, start: start, limit: 2)
                let page = try await bench.store.events(query, waitingAtMost: .zero)
                try bench.expect(page.events.count <= 2 && !page.hasGap, "a page of at most two without a gap")
                read += page.events
                start = .after(page.next)
            }
            try bench.expect(read, is: all, "the events")
        },
        Case("events", "the end shows nothing old, and what comes after it") { bench in
            try await bench.add("a")
            let query = EventQuery(queue: bench.queue, start: .end)
            let page = try await bench.store.events(query, waitingAtMost: .zero)
            try bench.expect(page.events, is: [], "the events at the end")
            try bench.expect(page.hasGap, is: false, "a gap at the end")
            try await bench.pause()
            try await bench.expect(bench.kinds(since: page.next), is: [.paused], "the events behind the end")
        },
        Case("events", "the end of an unknown queue is a place before its first event, without a gap") { bench in
            let start = try await bench.end()
            try await bench.add("a")
            let query = EventQuery(queue: bench.queue, start: .after(start))
            let page = try await bench.store.events(query, waitingAtMost: .zero)
            try bench.expect(page.events.map(\.kind), is: [.added("job"), .waiting(from: nil)], "the events")
            try bench.expect(page.hasGap, is: false, "a gap before the first event")
        },
        Case("events", "an empty page tells the place to go on from") { bench in
            try await bench.add("a")
            let end = try await bench.end()
            let query = EventQuery(queue: bench.queue, start: .after(end))
            let page = try await bench.store.events(query, waitingAtMost: .milliseconds(20))
            try bench.expect(page.events, is: [], "the events")
            try await bench.pause()
            try await bench.expect(bench.kinds(since: page.next), is: [.paused], "the events behind it")
        },
        Case("events", "the newest ten thousand are kept, and a reader left behind sees a gap") { bench in
            try await bench.add("a")
            let early = try await bench.end()
            let settings = Array(repeating: QueueSetting.resume(bench.queue), count: 1000)
            // Older events go in bounded steps, so many more than are kept have to come.
            for _ in 0..<30 { _ = try await bench.store.configure(settings) }
            let behind = EventQuery(queue: bench.queue, start: .after(early), limit: 10)
            try await bench.expect(
                bench.store.events(behind, waitingAtMost: .zero).hasGap, "a reader left behind sees a gap")
            let begin = EventQuery(queue: bench.queue, start: .beginning, limit: 10)
            try await bench.expect(
                bench.store.events(begin, waitingAtMost: .zero).hasGap, is: false, "a gap at the beginning")
            let kept = try await bench.events().count
            try bench.expect(kept >= EventPage.keptEvents && kept < 30_000, "\(kept) events are kept")
        },
        Case("events", "a waiting reader is given the first event that comes") { bench in
            try await bench.add("a")
            let query = EventQuery(queue: bench.queue, start: .after(try await bench.end()))
            let page = try await withThrowingTaskGroup(of: EventPage?.self) { group in
                group.addTask { try await bench.store.events(query, waitingAtMost: .seconds(60)) }
                group.addTask {
                    try await bench.pause()
                    return nil
                }
                var page: EventPage?
                for try await result in group { page = result ?? page }
                return page
            }
            try bench.expect(page?.events.map(\.kind), is: [.paused], "the events")
        },
        Case("events", "a reader waiting at the end is given what comes after it began") { bench in
            let query = EventQuery(queue: bench.queue, start: .end)
            let page = try await withThrowingTaskGroup(of: EventPage?.self) { group in
                group.addTask { try await bench.store.events(query, waitingAtMost: .seconds(60)) }
                group.addTask {
                    // When the reader begins is not known: something happens until it has seen it.
                    while !Task.isCancelled {
                        try await bench.pause()
                        await Task.yield()
                    }
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            try bench.expect(page?.events.first?.kind, is: .paused, "the first event")
        },
        Case("events", "cancelling a waiting reader returns early and empty") { bench in
            try await bench.add("a")
            let query = EventQuery(queue: bench.queue, start: .after(try await bench.end()))
            let page = try await withThrowingTaskGroup(of: EventPage.self) { group in
                group.addTask { try await bench.store.events(query, waitingAtMost: .seconds(60)) }
                group.cancelAll()
                return try await group.next()
            }
            try bench.expect(page?.events, is: [], "the events")
        },
    ]
}
