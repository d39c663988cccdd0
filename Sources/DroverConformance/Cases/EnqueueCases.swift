import DroverCore

extension ConformanceCase {
    static let enqueue: [ConformanceCase] = [
        Case("enqueue", "a job without delay and priority waits") { bench in
            let key = try await bench.add()
            try await bench.expect(bench.job(key).state, is: .waiting, "the state")
        },
        Case("enqueue", "a job with a priority is prioritized") { bench in
            let key = try await bench.add(priority: 7)
            let job = try await bench.job(key)
            try bench.expect(job.state, is: .prioritized, "the state")
            try bench.expect(job.priority, is: 7, "the present priority")
        },
        Case("enqueue", "a job with a delay is delayed until then") { bench in
            let key = try await bench.add(start: .after(.seconds(60)))
            let job = try await bench.job(key)
            try bench.expect(job.state, is: .delayed, "the state")
            try bench.expect(job.dueAt, is: job.createdAt + .seconds(60), "the due time")
        },
        Case("enqueue", "a delay comes before a priority in deciding the first state") { bench in
            let job = try await bench.job(bench.add(start: .after(.seconds(60)), priority: 3))
            try bench.expect(job.state, is: .delayed, "the state")
            try bench.expect(job.priority, is: 3, "the present priority")
        },
        Case("enqueue", "a delay of zero means at once") { bench in
            let key = try await bench.add(start: .after(.zero))
            try await bench.expect(bench.job(key).state, is: .waiting, "the state")
        },
        Case("enqueue", "a delay below one millisecond is rounded up and still delays") { bench in
            let job = try await bench.job(bench.add(start: .after(.microseconds(1))))
            try bench.expect(job.state, is: .delayed, "the state")
            try bench.expect(job.dueAt, is: job.createdAt + .milliseconds(1), "the due time")
        },
        Case("enqueue", "an instant in the future delays until that instant") { bench in
            let now = try await bench.job(bench.add()).createdAt
            let job = try await bench.job(bench.add(start: .at(now + .seconds(90))))
            try bench.expect(job.state, is: .delayed, "the state")
            try bench.expect(job.dueAt, is: now + .seconds(90), "the due time")
        },
        Case("enqueue", "an instant that has passed means at once") { bench in
            let key = try await bench.add(start: .at(Timestamp(milliseconds: 1)))
            try await bench.expect(bench.job(key).state, is: .waiting, "the state")
            let present = try await bench.job(key).createdAt
            try await bench.expect(
                bench.job(bench.add(start: .at(present))).state, is: .waiting, "at the present instant")
        },
        Case("enqueue", "an empty call answers nothing and creates no queue") { bench in
            try await bench.expect(bench.store.enqueue(bench.queue, []), is: [], "the answers")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("enqueue", "a call with at least one job that is not refused creates the queue") { bench in
            try await bench.add()
            let summary = try await bench.unwrap(bench.summary(), "a summary of the queue")
            try bench.expect(summary.isPaused, is: false, "a new queue is paused")
        },
        Case("enqueue", "a thousand jobs in one call are all stored in order") { bench in
            let ids = (0..<1000).map { "n-\($0)" }
            try await bench.addAll(ids)
            try await bench.expect(bench.list(.waiting, limit: 300), is: ids, "the jobs that wait")
        },
    ]

    static let ids: [ConformanceCase] = [
        Case("id", "a generated id is a whole number as decimal text") { bench in
            let id = try await bench.add().id.text
            try bench.expect(id.allSatisfy(\.isNumber) && Int64(id).map(String.init) == id, "\(id) is a whole number")
        },
        Case("id", "generated ids differ within a call and between calls") { bench in
            let jobs = (0..<50).map { _ in NewJob(name: "job") }
            var ids: [JobID] = []
            for _ in 0..<3 { ids += try await bench.store.enqueue(bench.queue, jobs).compactMap(\.id) }
            try bench.expect(Set(ids).count, is: 150, "the number of different ids")
        },
        Case("id", "a generated id is not used again after its job is gone") { bench in
            let first = try await bench.add()
            try await bench.apply(.remove(first))
            let second = try await bench.add()
            try bench.expect(first != second, "\(second) is a new id")
        },
        Case("id", "an id of the program's own is kept") { bench in
            for id in ["order-17", "a:b:c", "Grüße", "a b", "-", "007"] {
                let key = try await bench.add(id)
                try bench.expect(key.id.text, is: id, "the id")
                try await bench.expect(bench.job(id).key, is: key, "the key")
            }
        },
        Case("id", "an id of 255 bytes is accepted") { bench in
            let id = String(repeating: "é", count: 127) + "x"
            try await bench.add(id)
            try await bench.expect(bench.job(id).key.id.text, is: id, "the id")
        },
        Case("id", "ids that differ only in case are different") { bench in
            try await bench.addAll(["Job", "job", "JOB"])
            try await bench.expect(bench.list(.waiting), is: ["Job", "job", "JOB"], "the jobs")
        },
        Case("rule 2", "enqueuing a known id answers duplicate and changes nothing of the job") { bench in
            try await bench.add("a", name: "first", payload: JSONText(#"{"n":1}"#))
            let before = try await bench.job("a")
            let again = NewJob(
                id: before.key.id, name: "second", payload: .null, start: .after(.seconds(9)),
                options: JobOptions(attempts: 5, priority: 4))
            try await bench.expect(
                bench.store.enqueue(bench.queue, [again]), is: [.duplicate(before.key.id)], "the answer")
            try await bench.expect(bench.job("a"), is: before, "the job")
            try await bench.expect(bench.counts().total, is: 1, "the number of jobs")
        },
        Case("rule 2", "an id is known while its job is active or finished, and free when it is removed") { bench in
            let id = JobID(stored: "a")
            let again = NewJob(id: id, name: "job")
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.expect(bench.store.enqueue(bench.queue, [again]), is: [.duplicate(id)], "while active")
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.store.enqueue(bench.queue, [again]), is: [.duplicate(id)], "when completed")
            try await bench.apply(.remove(bench.key("a")))
            try await bench.expect(bench.store.enqueue(bench.queue, [again]), is: [.added(id)], "when removed")
        },
        Case("rule 2", "the same id twice in one call is added once") { bench in
            let job = NewJob(id: JobID(stored: "a"), name: "job")
            try await bench.expect(
                bench.store.enqueue(bench.queue, [job, job]),
                is: [.added(JobID(stored: "a")), .duplicate(JobID(stored: "a"))],
                "the answers")
        },
    ]
}
