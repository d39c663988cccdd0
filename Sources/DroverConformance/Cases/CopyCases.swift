import DroverCore

extension ConformanceCase {
    static let copying: [ConformanceCase] = [
        Case("copies", "a job is made of another one, which goes in the same step") { bench in
            let payload = JSONText(trusted: #"{"b": 1, "a":[]}"#)
            try await bench.add("l", name: "mail", payload: payload)
            var options = JobOptions(attempts: 4)
            options.tenant = "t"
            options.replay = JobReplay(origin: bench.key("first"), count: 3)
            let copy = bench.copy("c", options)
            let start = try await bench.end()
            try await bench.expectCopied("l", copy, removesJob: true)
            let job = try await bench.job(copy.key)
            try bench.expect(job.name, is: "mail", "the name")
            try bench.expect(job.payload.text, is: payload.text, "the payload")
            try bench.expect(job.options, is: options, "the options")
            try bench.expect(job.state, is: .waiting, "the state")
            try await bench.expect(bench.find(bench.key("l")), is: nil, "the job that it was made of")
            try await bench.expect(bench.kinds(since: start), is: [.removed(from: .waiting)], "the events of its queue")
            try await bench.expect(
                bench.kinds(in: copy.queue), is: [.added("mail"), .waiting(from: nil)], "the events of the copy's")
        },
        Case("copies", "a copy that does not remove leaves the job as it is, in every state") { bench in
            try await bench.add("done")
            try await bench.settle(bench.claimOne(), .completed(JSONText(trusted: "7")))
            try await bench.add("held")
            try await bench.claimOne()
            try await bench.addAll(["late"], start: .after(.seconds(4000)))
            try await bench.addAll(["prior"], priority: 3)
            for id in ["done", "held", "late", "prior"] {
                let before = try await bench.job(id)
                try await bench.expectCopied(id, bench.copy("c-\(id)"), removesJob: false)
                try await bench.expect(bench.job(id), is: before, "the job \(id)")
            }
            try await bench.expect(
                bench.list(.waiting, in: bench.queue("other")), is: ["c-done", "c-held", "c-late", "c-prior"],
                "the copies")
        },
        Case("copies", "a copy enters by its own priority, group and lifo") { bench in
            let other = bench.queue("other")
            try await bench.add("w", in: other)
            try await bench.addAll(["p2"], priority: 2, in: other)
            try await bench.addAll(["a", "b", "c", "d"])
            try await bench.expectCopied("a", bench.copy("front", JobOptions(lifo: true)), removesJob: true)
            try await bench.expectCopied("b", bench.copy("p1", JobOptions(priority: 1)), removesJob: true)
            try await bench.expectCopied("c", bench.copy("back"), removesJob: true)
            try await bench.expect(bench.list(.waiting, in: other), is: ["front", "w", "back"], "the waiting ones")
            try await bench.expect(bench.list(.prioritized, in: other), is: ["p1", "p2"], "the prioritized ones")
            var grouped = JobOptions()
            grouped.group = "größer:1"
            try await bench.expectCopied("d", bench.copy("g", grouped), removesJob: true)
            try await bench.expect(bench.job(bench.key("g", in: other)).state, is: .grouped, "the grouped one")
            try await bench.expect(
                bench.claimedIDs(in: other).sorted(), is: ["back", "front", "g", "p1", "p2", "w"], "all")
        },
        Case("copies", "where there is a job of that id it stays, and so does the job that it would be made of") {
            bench in
            let copy = bench.copy("c")
            try await bench.add("l", payload: JSONText(trusted: "1"))
            try await bench.add("c", payload: JSONText(trusted: "2"), in: copy.queue)
            let (start, other) = (try await bench.end(), try await bench.end(in: copy.queue))
            let moving = JobCommand.copy(bench.key("l"), as: copy, removesJob: true)
            for command in [moving, .when(.waiting, moving)] {
                let results = try await bench.store.apply([command])
                guard results.count == 1, case .refused(let problem) = results[0] else {
                    throw ConformanceFailure("expected a refusal, got \(results)")
                }
                try bench.expect(problem.subject, is: "copy", "what is refused")
            }
            try await bench.expect(bench.job("l").payload.text, is: "1", "the payload of the job")
            try await bench.expect(bench.kinds(since: start), is: [], "the events of its queue")
            try await bench.expect(bench.kinds(since: other, in: copy.queue), is: [], "the events of the copy's")
            try await bench.expectCopied("l", copy, removesJob: false)
            try await bench.expect(bench.job(copy.key).payload.text, is: "2", "the payload of the other one")
            try await bench.expect(bench.job("l").payload.text, is: "1", "the payload of the job that stays")
            try await bench.expect(bench.kinds(since: other, in: copy.queue), is: [.duplicated], "the later events")
            try await bench.expect(bench.claimedIDs(), is: ["l"], "what is claimed")
        },
        Case("copies", "an active job does not go, an unknown one is not found, and a bound command looks at the state")
        {
            bench in
            let copy = bench.copy("c")
            let command = JobCommand.copy(bench.key("l"), as: copy, removesJob: true)
            try await bench.expect(bench.store.apply([command]), is: [.notFound], "of an unknown job")
            try await bench.add("l")
            try await bench.expect(
                bench.store.apply([.when(.failed, command)]), is: [.wrongState(.waiting)], "of a waiting job")
            try await bench.claimOne()
            try await bench.expect(bench.store.apply([command]), is: [.wrongState(.active)], "of an active job")
            try await bench.expect(bench.find(copy.key), is: nil, "the copy")
            try await bench.expect(bench.store.queues().map(\.name).contains(copy.queue), is: false, "its queue")
            try await bench.expect(
                bench.store.apply([.when(.active, .copy(bench.key("l"), as: copy, removesJob: false))]), is: [.done],
                "of an active job that stays")
        },
        Case("copies", "a copy to the same queue, with a whole number as id or with a deduplication is refused") {
            bench in
            try await bench.add("l")
            var same = bench.copy("c")
            same.queue = bench.queue
            var number = bench.copy("c")
            number.id = JobID(stored: "42")
            var unique = bench.copy("c")
            unique.options.deduplication = .simple("d")
            for (copy, field) in [(same, "copy"), (number, "job id"), (unique, "copy")] {
                let results = try await bench.store.apply([.copy(bench.key("l"), as: copy, removesJob: true)])
                guard results.count == 1, case .refused(let problem) = results[0] else {
                    throw ConformanceFailure("expected a refusal, got \(results)")
                }
                try bench.expect(problem.subject, is: field, "what is refused")
            }
            try await bench.expect(bench.job("l").state, is: .waiting, "the job")
        },
        Case("copies", "a full queue takes a copy, and its workers wake") { bench in
            let copy = bench.copy("c")
            try await bench.add("w", in: copy.queue)
            try await bench.expect(bench.store.configure([.maxLength(copy.queue, 1)]), is: [.done], "the setting")
            try await bench.add("l")
            let interest = WakeInterest(work: [copy.queue])
            try await bench.forgetWakeUps(interest)
            try await bench.expectCopied("l", copy, removesJob: true)
            try await bench.expectWakeUp(interest, "the copy") { $0.work.contains(copy.queue) }
            try await bench.expect(bench.claimedIDs(in: copy.queue), is: ["w", "c"], "what is claimed")
        },
        Case("copies", "a copied child is nobody's, and a parent whose child goes waits for it no longer") { bench in
            try await bench.addFlow("p", [bench.child("c"), bench.child("d")])
            try await bench.expectCopied("c", bench.copy("c2"), removesJob: true)
            try await bench.expect(bench.job(bench.key("c2", in: bench.queue("other"))).parent, is: nil, "the parent")
            try await bench.expect(bench.children(of: bench.key("p")), is: ["d": "pending"], "the children")
        },
    ]
}

extension Bench {
    fileprivate func copy(_ id: String, _ options: JobOptions = JobOptions()) -> JobCopy {
        JobCopy(queue: queue("other"), id: JobID(stored: id), options: options)
    }

    fileprivate func expectCopied(
        _ id: String, _ copy: JobCopy, removesJob: Bool, file: String = #fileID, line: Int = #line
    ) async throws {
        let command = JobCommand.copy(key(id), as: copy, removesJob: removesJob)
        try await expect(store.apply([command]), is: [.done], "the copy of \(id)", file: file, line: line)
    }
}
