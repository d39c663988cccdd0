import DroverCore

/// Searches in every state, in parts, and commands that are bound to a state.
extension ConformanceCase {
    static let searching: [ConformanceCase] = [
        Case("search", "each state is searched by itself, in its order") { bench in
            try await bench.finish(["x-completed"], .completed(JSONText("{\"n\":1}")))
            try await bench.finish(["x-failed"], .failed(Failure(reason: "Connection TIMEOUT")))
            try await bench.add("x-active")
            try await bench.claimOne()
            try await bench.add("x-waiting")
            try await bench.add("x-prioritized", priority: 1)
            var options = JobOptions()
            options.group = "g"
            try await bench.add(NewJob(id: JobID(stored: "x-grouped"), name: "job", options: options))
            try await bench.add("x-delayed", start: .after(.seconds(6000)))
            try await bench.addFlow("x-waiting-children", [bench.child("child", in: bench.queue("other"))])
            for state in JobState.allCases {
                try await bench.expect(bench.search("id ~ x-", in: state), is: ["x-\(state.rawValue)"], "\(state)")
                try await bench.expect(
                    bench.search("state = \(state.rawValue)", in: state), is: ["x-\(state.rawValue)"],
                    "\(state) by name")
                for other in JobState.allCases where other != state {
                    try await bench.expect(bench.search("state = \(other.rawValue)", in: state), is: [], "not \(other)")
                }
            }
        },
        Case("search", "errors are found by a part of them, results by a path") { bench in
            try await bench.finish(["a"], .failed(Failure(reason: "Connection TIMEOUT")))
            try await bench.finish(["b"], .failed(Failure(reason: "refused")))
            try await bench.finish(["c"], .completed(JSONText("{\"sent\":[true,2]}")))
            try await bench.expect(bench.search("error ~ timeout", in: .failed), is: ["a"], "by a part")
            try await bench.expect(bench.search("error = refused", in: .failed), is: ["b"], "by the whole")
            try await bench.expect(bench.search("result.sent[1] = 2", in: .completed), is: ["c"], "the result")
            try await bench.expect(bench.search("result.sent[1] = 2", in: .failed), is: [], "no result")
        },
        Case("search", "attempts, workers and priorities are found as they are now") { bench in
            try await bench.add("a")
            try await bench.settle(bench.claimOne(), .retry(after: .zero, Failure(reason: "no")))
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no")))
            try await bench.add("b", priority: 3)
            try await bench.add("c", priority: 9)
            try await bench.apply(.changePriority(bench.key("c"), to: 2, lifo: false))
            try await bench.expect(bench.search("attempts = 2 and worker = worker", in: .failed), is: ["a"], "attempts")
            try await bench.expect(bench.search("attempts < 2", in: .failed), is: [], "fewer attempts")
            try await bench.expect(bench.search("priority < 3", in: .prioritized), is: ["c"], "the present priority")
        },
        Case("search", "progress and updated payloads are found as they are now") { bench in
            try await bench.add("a", payload: JSONText("{\"v\":1}"))
            let claimed = try await bench.claimOne()
            let progress = JobReport(lease: claimed.lease, content: .progress(try JSONText("{\"done\":0.5}")))
            try await bench.expect(bench.store.record([progress]), is: [.recorded], "the report")
            try await bench.apply(.updatePayload(bench.key("a"), to: JSONText("{\"v\":2}")))
            try await bench.expect(
                bench.search("progress.done >= 0.5 and payload.v = 2", in: .active), is: ["a"], "the active job")
            try await bench.expect(bench.search("payload.v = 1", in: .active), is: [], "the old payload")
        },
        Case("search", "what is found are whole records") { bench in
            try await bench.add("a", payload: JSONText("[1]"), priority: 4)
            let search = JobSearch(JobFilter(names: ["job"]), in: .prioritized)
            let page = try await bench.store.jobs(matching: JobQuery(queue: bench.queue, search), page: Page())
            try await bench.expect(page.jobs, is: [bench.job("a")], "the records")
            try bench.expect(page.tally, is: SearchTally(examined: 1, matched: 1), "the tally")
        },
        Case("search", "a queue that is not there has nothing, and is not begun") { bench in
            try await bench.expect(bench.search("name = a"), is: [], "no queue")
            try await bench.expect(bench.count("name = a"), is: 0, "no count")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
    ]

    static let searchWorked: [ConformanceCase] = [100, 1000, 3000].map { looked in
        Case("search", "of a list that is worked meanwhile, \(looked) places on, none is left out that stays") {
            bench in
            let ids = (0..<6000).map { "j\($0)" }
            for first in stride(from: 0, to: ids.count, by: 1000) {
                try await bench.addAll(Array(ids[first..<first + 1000]))
            }
            let search = JobSearch(try JobFilter("id ~ 7 or id ~ 5"), in: .waiting, mostExamined: looked)
            let wanted = Set(ids.filter { $0.contains("7") || $0.contains("5") })
            var found: Set<String> = []
            var cursor: PageCursor?
            var bound = PageBound()
            // Workers come to the place and go beyond it, or stay behind it.
            let claimed = looked == 3000 ? 1800 : looked + 300
            repeat {
                try bound.turn()
                let page = try await bench.store.jobs(
                    matching: JobQuery(queue: bench.queue, search), page: Page(limit: 1000, after: cursor))
                if cursor == nil { try await bench.claim(claimed) }
                found.formUnion(page.jobs.map(\.key.id.text))
                cursor = page.next
            } while cursor != nil
            let left = wanted.subtracting(ids.prefix(claimed)).subtracting(found)
            try bench.expect(left.sorted(), is: [], "what was left out")
        }
    }

    static let searchTimes: [ConformanceCase] = [
        Case("search", "finished jobs are found by when they finished, both ways") { bench in
            for id in ["a", "b", "c", "d"] {
                try await bench.finish([id])
                try await bench.advance(by: .seconds(3600))
            }
            let times = try await ["a", "b", "c", "d"].asyncMap { try await bench.job($0).finishedAt }
            let (second, third) = (try bench.unwrap(times[1], "a time"), try bench.unwrap(times[2], "a time"))
            func found(_ relation: JobCondition.Relation, _ at: Timestamp, _ order: Page.Order) async throws -> [String]
            {
                let filter = JobFilter(.compares(.finished, relation, .instant(at)))
                return try await bench.search(JobSearch(filter, in: .completed), order, limit: 1)
            }
            try await bench.expect(found(.more, second, .ascending), is: ["c", "d"], "after")
            try await bench.expect(found(.atLeast, second, .descending), is: ["d", "c", "b"], "from, backwards")
            try await bench.expect(found(.less, third, .ascending), is: ["a", "b"], "before")
            try await bench.expect(found(.atMost, third, .descending), is: ["c", "b", "a"], "until, backwards")
            try await bench.expect(found(.equal, third, .ascending), is: ["c"], "at")
            try await bench.expect(found(.notEqual, third, .ascending), is: ["a", "b", "d"], "not at")
            let none = JobFilter(finished: third...third).and(.compares(.finished, .atMost, .instant(second)))
            try await bench.expect(bench.search(JobSearch(none, in: .completed)), is: [], "never")
        },
        Case("search", "a range of times is read alone, however many jobs lie beside it") { bench in
            for id in ["a", "b", "c", "d", "e"] {
                try await bench.finish([id], .failed(Failure(reason: "no")))
                try await bench.advance(by: .seconds(3600))
            }
            let middle = try bench.unwrap(try await bench.job("c").finishedAt, "a time")
            let search = JobSearch(JobFilter(finished: middle...middle), in: .failed)
            for order in [Page.Order.ascending, .descending] {
                let page = try await bench.store.jobs(
                    matching: JobQuery(queue: bench.queue, search), page: Page(order: order))
                try bench.expect(page.jobs.map(\.key.id.text), is: ["c"], "the job of that time, \(order)")
            }
        },
        Case("search", "delayed jobs are found by when they are due, both ways") { bench in
            let now = try await bench.job(bench.add("now")).createdAt
            for (id, hours) in [("c", 30), ("a", 10), ("b", 20), ("d", 40)] {
                try await bench.add(id, start: .after(.seconds(hours * 3600)))
            }
            let bound = now + .seconds(25 * 3600)
            let before = JobSearch(JobFilter(.compares(.due, .less, .instant(bound))), in: .delayed)
            let after = JobSearch(JobFilter(.compares(.due, .atLeast, .instant(bound))), in: .delayed)
            for limit in [1, 5] {
                try await bench.expect(bench.search(before, limit: limit), is: ["a", "b"], "before")
                try await bench.expect(bench.search(before, .descending, limit: limit), is: ["b", "a"], "before, back")
                try await bench.expect(bench.search(after, limit: limit), is: ["c", "d"], "after")
                try await bench.expect(bench.search(after, .descending, limit: limit), is: ["d", "c"], "after, back")
            }
            let all = JobFilter(.not(.compares(.due, .less, .instant(bound))))
            try await bench.expect(bench.search(JobSearch(all, in: .delayed)), is: ["c", "d"], "not before")
        },
        Case("search", "jobs are found by when they were stored and claimed") { bench in
            let first = try await bench.job(bench.add("a")).createdAt
            try await bench.advance(by: .seconds(3600))
            try await bench.add("b")
            let bound = first + .seconds(1800)
            let late = JobSearch(JobFilter(.compares(.created, .more, .instant(bound))), in: .waiting)
            try await bench.expect(bench.search(late), is: ["b"], "stored later")
            try await bench.claimOne()
            let claimed = JobSearch(JobFilter(.compares(.processed, .more, .instant(bound))), in: .active)
            try await bench.expect(bench.search(claimed), is: ["a"], "claimed later")
            try await bench.expect(bench.search("processedAt exists"), is: [], "not claimed")
        },
    ]

    static let searchPaging: [ConformanceCase] = [
        Case("search", "a page ends when it has looked at as many jobs as it may, and the next goes on") { bench in
            try await bench.addAll((0..<9).map { "n-\($0)" } + ["hit-1"] + (10..<15).map { "n-\($0)" } + ["hit-2"])
            for most in [1, 2, 3, 5, 16, 17] {
                for order in [Page.Order.ascending, .descending] {
                    let expected = order == .ascending ? ["hit-1", "hit-2"] : ["hit-2", "hit-1"]
                    let found = try await bench.search("id ~ hit", in: .waiting, order, mostExamined: most)
                    try bench.expect(found, is: expected, "looking at \(most), \(order)")
                }
            }
            let search = JobSearch(try JobFilter("id ~ hit"), in: .waiting, mostExamined: 4)
            let page = try await bench.store.jobs(matching: JobQuery(queue: bench.queue, search), page: Page())
            try bench.expect(page.jobs, is: [], "the first page")
            try bench.expect(page.next != nil, "a short page has a cursor")
            try bench.expect(page.tally, is: SearchTally(examined: 4, matched: 0), "its cost")
        },
        Case("search", "pages show every job once in every state that promises an order") { bench in
            let ids = (0..<7).map { "n-\($0)" }
            try await bench.finish(ids)
            for state in [JobState.completed, .waiting, .prioritized, .delayed] {
                switch state {
                case .waiting: try await bench.addAll(ids.map { "w\($0)" })
                case .prioritized: try await bench.addAll(ids.map { "p\($0)" }, priority: 3)
                case .delayed: try await bench.addAll(ids.map { "d\($0)" }, start: .after(.seconds(6000)))
                default: break
                }
                let all = try await bench.list(state)
                for (limit, most) in [(1, 1), (2, 3), (3, 2), (7, 7), (8, 100)] {
                    let found = try await bench.search("name = job", in: state, limit: limit, mostExamined: most)
                    try bench.expect(found, is: all, "\(state), by \(limit) of \(most)")
                    let back = try await bench.search(
                        "name = job", in: state, .descending, limit: limit, mostExamined: most)
                    try bench.expect(back, is: all.reversed(), "\(state) from the last, by \(limit) of \(most)")
                }
            }
        },
        Case("search", "pages of active jobs show every job once, in any order") { bench in
            try await bench.addAll((0..<7).map { "n-\($0)" })
            try await bench.claim(7)
            let found = try await bench.search("name = job", in: .active, limit: 2, mostExamined: 3)
            try bench.expect(found.sorted(), is: (0..<7).map { "n-\($0)" }, "the active jobs")
        },
        Case("search", "a cursor stays good when the jobs around it are gone") { bench in
            try await bench.addAll((0..<8).map { "n-\($0)" })
            let search = JobSearch(.all, in: .waiting, mostExamined: 4)
            let query = JobQuery(queue: bench.queue, search)
            let first = try await bench.store.jobs(matching: query, page: Page(limit: 3))
            for id in ["n-0", "n-1", "n-2", "n-3"] { try await bench.apply(.remove(bench.key(id))) }
            try await bench.add("n-8")
            let second = try await bench.store.jobs(matching: query, page: Page(limit: 10, after: first.next))
            // Where places are counted and all near ones are gone, jobs may be passed over, but none is shown twice.
            let ids = second.jobs.map(\.key.id.text)
            try bench.expect(ids == ids.sorted() && Set(ids).count == ids.count, "no job comes twice, got \(ids)")
            try bench.expect(!ids.contains { ["n-0", "n-1", "n-2"].contains($0) }, "none from before, got \(ids)")
        },
        Case("search", "a full page has a cursor, and the end has none") { bench in
            try await bench.addAll(["a", "b", "c"])
            let query = JobQuery(queue: bench.queue, JobSearch(.all, in: .waiting))
            try await bench.expect(
                bench.store.jobs(matching: query, page: Page(limit: 4)).next, is: nil, "beyond the end")
            try await bench.expect(
                bench.store.jobs(matching: query, page: Page(limit: 2)).next != nil, "before the end")
        },
        Case("search", "a cursor that the store did not make is an error of the call") { bench in
            try await bench.add("a")
            let page = Page(limit: 2, after: PageCursor("not a cursor \u{1F9ED}"))
            for filter in [JobFilter.all, JobFilter(states: [.failed])] {
                let query = JobQuery(queue: bench.queue, JobSearch(filter, in: .waiting))
                try await bench.expectThrown(.invalid) { _ = try await bench.store.jobs(matching: query, page: page) }
            }
        },
    ]

    static let boundCommands: [ConformanceCase] = [
        Case("apply", "a command that is bound to a state is done in that state alone") { bench in
            try await bench.add("a")
            let remove = JobCommand.remove(bench.key("a"))
            try await bench.apply(.when(.failed, remove), is: .wrongState(.waiting))
            try await bench.apply(
                .when(.prioritized, .changePriority(bench.key("a"), to: 2, lifo: false)), is: .wrongState(.waiting))
            try await bench.expect(bench.job("a").priority, is: 0, "the priority")
            try await bench.apply(.when(.waiting, remove))
            try await bench.expect(bench.find(bench.key("a")), is: nil, "the job")
            try await bench.apply(.when(.waiting, remove), is: .notFound)
        },
        Case("apply", "cancelling jobs in a state lets those be that have begun to run") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claimOne()
            try await bench.apply(.when(.waiting, .cancel(bench.key("a"))), is: .wrongState(.active))
            try await bench.apply(.when(.waiting, .cancel(bench.key("b"))))
            try await bench.expect(bench.job("a").isCancelRequested, is: false, "nothing was requested")
            try await bench.apply(.when(.active, .cancel(bench.key("a"))), is: .requested)
            try await bench.settle(claimed, .cancelled)
        },
        Case("apply", "every kind of command may be bound to a state") { bench in
            try await bench.add("a", start: .after(.seconds(6000)))
            try await bench.apply(.when(.delayed, .changeDelay(bench.key("a"), to: .seconds(9000))))
            try await bench.apply(.when(.delayed, .updatePayload(bench.key("a"), to: JSONText("[2]"))))
            try await bench.apply(.when(.delayed, .promote(bench.key("a"))))
            try await bench.expect(bench.job("a").payload, is: JSONText("[2]"), "the payload")
            try await bench.settle(bench.claimOne(), .failed(Failure(reason: "no")))
            try await bench.apply(
                .when(.completed, .retry(bench.key("a"), resetAttempts: true)), is: .wrongState(.failed))
            try await bench.apply(.when(.failed, .retry(bench.key("a"), resetAttempts: true)))
            try await bench.expect(bench.job("a").state, is: .waiting, "the state")
        },
        Case("apply", "commands about several jobs can't be bound to a state") { bench in
            try await bench.add("a")
            for command in [
                JobCommand.removeFlow(bench.key("a")), .detach(bench.key("a")),
                .when(.waiting, .remove(bench.key("a"))),
            ] {
                let results = try await bench.store.apply([.when(.waiting, command)])
                guard case .refused = results.first else {
                    throw ConformanceFailure("expected a refusal, got \(results)")
                }
            }
            try await bench.expect(bench.list(.waiting), is: ["a"], "the jobs")
        },
    ]
}

extension Array {
    /// The elements, each turned into another one after the one before.
    fileprivate func asyncMap<Other>(_ change: (Element) async throws -> Other) async throws -> [Other] {
        var others: [Other] = []
        for element in self { others.append(try await change(element)) }
        return others
    }
}
