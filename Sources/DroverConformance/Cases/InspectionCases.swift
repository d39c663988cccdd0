import DroverCore

extension ConformanceCase {
    static let listing: [ConformanceCase] = [
        Case("jobs", "records are answered in the place of their keys, nil for unknown ones") { bench in
            try await bench.addAll(["a", "b"])
            let keys = [
                bench.key("b"), bench.key("nobody"), bench.key("a"), bench.key("b"),
                bench.key("a", in: bench.queue("x")),
            ]
            let found = try await bench.store.jobs(keys)
            try bench.expect(found.map { $0?.key.id.text }, is: ["b", nil, "a", "b", nil], "the records")
        },
        Case("jobs", "reading changes nothing and creates no queue") { bench in
            _ = try await bench.find(bench.key("a"))
            for state in JobState.allCases { try await bench.expect(bench.list(state), is: [], "the jobs") }
            try await bench.expect(bench.log(bench.key("a")), is: [], "a log")
            try await bench.expect(bench.events(), is: [], "the events")
            try await bench.exchange(claim: 1)
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("jobs matching", "each state lists its own jobs") { bench in
            try await bench.finish(["a-completed"])
            try await bench.finish(["a-failed"], .cancelled)
            try await bench.add("a-active")
            try await bench.claimOne()
            try await bench.add("a-waiting")
            try await bench.add("a-prioritized", priority: 1)
            try await bench.add("a-delayed", start: .after(.seconds(60)))
            try await bench.addAll(["a-grouped"], group: "g")
            try await bench.addFlow("a-waiting-children", [bench.child("child", in: bench.queue("other"))])
            for state in JobState.allCases {
                try await bench.expect(bench.list(state), is: ["a-\(state.rawValue)"], "\(state)")
            }
        },
        Case("jobs matching", "delayed jobs come by due time, then by entry") { bench in
            try await bench.add("late", start: .after(.seconds(90)))
            try await bench.addAll(["a", "b"], start: .after(.seconds(30)))
            try await bench.add("early", start: .after(.seconds(5)))
            try await bench.expect(bench.list(.delayed), is: ["early", "a", "b", "late"], "the delayed jobs")
        },
        Case("jobs matching", "finished jobs come in the order in which they finished") { bench in
            try await bench.addAll(["a", "b", "c"])
            let claimed = try await bench.claim(3)
            for index in [1, 2, 0] {
                try await bench.settle(claimed[index], .failed(Failure(reason: "no")))
                // The order of those that end in the same millisecond is not promised.
                try await bench.advance(by: .milliseconds(1))
            }
            try await bench.expect(bench.list(.failed), is: ["b", "c", "a"], "the failed jobs")
            try await bench.expect(bench.list(.failed, .descending), is: ["a", "c", "b"], "from the last")
        },
        Case("jobs matching", "a list shows whole records") { bench in
            try await bench.add("a", payload: JSONText("[1]"), priority: 4)
            let query = JobQuery(queue: bench.queue, state: .prioritized)
            let page = try await bench.store.jobs(matching: query, page: Page())
            try await bench.expect(page.jobs, is: [bench.job("a")], "the records")
        },
    ]

    static let paging: [ConformanceCase] = [
        Case("page", "pages in both directions show every job once, in every state that promises an order") { bench in
            let ids = (0..<7).map { "n-\($0)" }
            try await bench.finish(ids)
            let other = bench.queue("waiting")
            try await bench.addAll(ids, in: other)
            try await bench.addAll(ids.map { "p\($0)" }, priority: 3, in: other)
            try await bench.addAll(ids.map { "d\($0)" }, start: .after(.seconds(60)), in: other)
            for limit in [1, 2, 3, 7, 8] {
                try await bench.expect(bench.list(.completed, limit: limit), is: ids, "completed, by \(limit)")
                try await bench.expect(
                    bench.list(.completed, .descending, limit: limit), is: ids.reversed(), "completed, back")
                for (state, prefix) in [(JobState.waiting, ""), (.prioritized, "p"), (.delayed, "d")] {
                    let all = ids.map { prefix + $0 }
                    try await bench.expect(bench.list(state, limit: limit, in: other), is: all, "\(state), by \(limit)")
                    let back = try await bench.list(state, .descending, limit: limit, in: other)
                    try bench.expect(back, is: all.reversed(), "\(state) from the last, by \(limit)")
                }
            }
        },
        Case("page", "pages of active jobs show every job once, in any order") { bench in
            let ids = (0..<7).map { "n-\($0)" }
            try await bench.addAll(ids)
            try await bench.claim(7)
            for order in [Page.Order.ascending, .descending] {
                try await bench.expect(
                    bench.list(.active, order, limit: 2).sorted(), is: ids, "the active jobs, \(order)")
            }
        },
        Case("page", "fewer than the limit means the end") { bench in
            try await bench.addAll(["a", "b", "c"])
            let query = JobQuery(queue: bench.queue, state: .waiting)
            try await bench.expect(
                bench.store.jobs(matching: query, page: Page(limit: 4)).next, is: nil, "beyond the end")
            try await bench.expect(
                bench.store.jobs(matching: query, page: Page(limit: 2)).next != nil, "before the end")
        },
        Case("page", "a cursor stays good when the job it came from is gone") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            let query = JobQuery(queue: bench.queue, state: .waiting)
            let first = try await bench.store.jobs(matching: query, page: Page(limit: 2))
            try await bench.apply(.remove(bench.key("b")))
            let second = try await bench.store.jobs(matching: query, page: Page(limit: 2, after: first.next))
            try bench.expect(second.jobs.map(\.key.id.text), is: ["c", "d"], "the second page")
        },
        Case("page", "jobs that come while paging appear behind the cursor") { bench in
            try await bench.addAll(["a", "b"])
            let query = JobQuery(queue: bench.queue, state: .waiting)
            let first = try await bench.store.jobs(matching: query, page: Page(limit: 2))
            try await bench.add("c")
            let second = try await bench.store.jobs(matching: query, page: Page(limit: 2, after: first.next))
            try bench.expect(second.jobs.map(\.key.id.text), is: ["c"], "the second page")
        },
        Case("page", "a cursor that the store did not make is an error of the call") { bench in
            try await bench.add("a")
            let page = Page(limit: 2, after: PageCursor("not a cursor \u{1F9ED}"))
            try await bench.expectThrown(.invalid) {
                _ = try await bench.store.jobs(matching: JobQuery(queue: bench.queue, state: .waiting), page: page)
            }
            try await bench.expectThrown(.invalid) { _ = try await bench.store.logs(bench.key("a"), page: page) }
        },
    ]

    static let counting: [ConformanceCase] = [
        Case("queues", "counts follow a job through every state") { bench in
            try await bench.add("a", start: .after(.seconds(60)))
            try await bench.expect(bench.counts(), is: JobCounts([.delayed: 1]), "delayed")
            try await bench.apply(.promote(bench.key("a")))
            try await bench.expect(bench.counts(), is: JobCounts([.waiting: 1]), "waiting")
            try await bench.apply(.changePriority(bench.key("a"), to: 1, lifo: false))
            try await bench.expect(bench.counts(), is: JobCounts([.prioritized: 1]), "prioritized")
            let claimed = try await bench.claimOne()
            try await bench.expect(bench.counts(), is: JobCounts([.active: 1]), "active")
            try await bench.settle(claimed, .failed(Failure(reason: "no")))
            try await bench.expect(bench.counts(), is: JobCounts([.failed: 1]), "failed")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: false))
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expect(bench.counts(), is: JobCounts([.completed: 1]), "completed")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.expect(bench.counts(), is: JobCounts(), "removed")
        },
        Case("queues", "an emptied queue is still listed") { bench in
            try await bench.apply(.remove(bench.add("a")))
            try await bench.expect(
                bench.summary(), is: QueueSummary(name: bench.queue, isPaused: false, counts: JobCounts()), "the queue")
        },
        Case("queues", "queues are listed by name") { bench in
            for suffix in ["b", "a", "C", "a2"] { try await bench.add(in: bench.queue(suffix)) }
            let names = try await bench.store.queues().map(\.name)
            try bench.expect(names, is: names.sorted(), "the order of all queues")
            let mine = names.filter { $0.text.hasPrefix(bench.queue.text) }
            try bench.expect(mine, is: ["C", "a", "a2", "b"].map(bench.queue(_:)), "the case's queues")
        },
        Case("queues", "counts do not add up over different queues") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.addAll(["a"], priority: 1, in: bench.queue("other"))
            try await bench.expect(bench.counts(), is: JobCounts([.waiting: 2]), "the first queue")
            try await bench.expect(
                bench.counts(of: bench.queue("other")), is: JobCounts([.prioritized: 1]), "the other queue")
        },
    ]
}
