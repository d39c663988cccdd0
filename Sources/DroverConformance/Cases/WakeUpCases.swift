import DroverCore

extension ConformanceCase {
    static let wakeUps: [ConformanceCase] = [
        Case("rule 8", "enqueuing a ready job wakes") { bench in
            try await bench.expectWork("a job was enqueued") { try await bench.add("a") }
            try await bench.expectWork("a prioritized job was enqueued") { try await bench.add("p", priority: 1) }
        },
        Case("rule 8", "a job that becomes the earliest delayed one wakes") { bench in
            try await bench.expectWork("a delayed job was enqueued") {
                try await bench.add("a", start: .after(.seconds(90)))
            }
            try await bench.expectWork("an earlier one was enqueued") {
                try await bench.add("b", start: .after(.seconds(60)))
            }
            try await bench.add("c")
            let claimed = try await bench.claimOne()
            try await bench.expectWork("a job was snoozed") { try await bench.settle(claimed, .snoozed(.seconds(30))) }
            try await bench.add("d")
            let second = try await bench.claimOne()
            try await bench.expectWork("a job is to be tried again") {
                try await bench.settle(second, .retry(after: .seconds(10), Failure(reason: "no")))
            }
        },
        Case("rule 8", "a job put back wakes") { bench in
            for outcome in [Outcome.released, .snoozed(.zero), .retry(after: .zero, Failure(reason: "no"))] {
                try await bench.add()
                let claimed = try await bench.claimOne()
                try await bench.expectWork("after \(outcome)") { try await bench.settle(claimed, outcome) }
                _ = try await bench.sweep(.drain(bench.queue, delayed: true))
            }
        },
        Case("rule 8", "reclaiming a stalled job wakes") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            try await bench.expectWork("a job was reclaimed") {
                _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            }
        },
        Case("rule 8", "commands that make work claimable wake") { bench in
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.expectWork("a job was promoted") { try await bench.apply(.promote(bench.key("d"))) }
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expectWork("a job is to run again") {
                try await bench.apply(.retry(bench.key("d"), resetAttempts: false))
            }
            try await bench.add("e", start: .after(.seconds(60)))
            try await bench.expectWork("a delay was shortened") {
                try await bench.apply(.changeDelay(bench.key("e"), to: .zero))
            }
        },
        Case("rule 8", "resuming a queue wakes") { bench in
            try await bench.add("a")
            try await bench.pause()
            try await bench.expectWork("the queue was resumed") { try await bench.resume() }
        },
        Case("rule 8", "a caller that already waits is woken") { bench in
            let interest = WakeInterest(work: [bench.queue])
            // In one round the job may come before the caller waits, and the wake-up be one that was kept.
            for _ in 0..<10 {
                try await bench.forgetWakeUps(interest)
                let wakeUp = try await withThrowingTaskGroup(of: WakeUp?.self) { group in
                    group.addTask { try await bench.store.waitForWork(interest, atMost: .seconds(60)) }
                    group.addTask {
                        await bench.letOthersGoOn()
                        while !Task.isCancelled {
                            try await bench.add()
                            await Task.yield()
                        }
                        return nil
                    }
                    defer { group.cancelAll() }
                    return try await group.next() ?? nil
                }
                try bench.expect(wakeUp?.work, is: [bench.queue], "the queues with work, told to who waits")
            }
        },
        Case("rule 8", "a request to stop wakes who is interested in cancellations of that queue") { bench in
            try await bench.add("a")
            try await bench.claimOne()
            let interest = WakeInterest(work: [bench.queue("other")], cancellations: [bench.queue])
            try await bench.forgetWakeUps(interest)
            try await bench.apply(.cancel(bench.key("a")), is: .requested)
            try await bench.expectWakeUp(interest, "a cancellation") { $0.cancellations.contains(bench.queue) }
        },
        Case("rule 8", "a wake-up that nobody waits for is kept for the next one interested") { bench in
            let other = WakeInterest(work: [bench.queue("other")])
            try await bench.forgetWakeUps(WakeInterest(work: [bench.queue]))
            try await bench.add("a")
            let wakeUp = try await bench.store.waitForWork(other, atMost: .milliseconds(20))
            try bench.expect(wakeUp.work.isSubset(of: other.work), "another's wake-up is not handed out, got \(wakeUp)")
            try await bench.expectWakeUp(WakeInterest(work: [bench.queue]), "a job was enqueued") {
                $0.work.contains(bench.queue)
            }
        },
        Case("rule 8", "interest in cancellations does not take a wake-up for work") { bench in
            try await bench.forgetWakeUps(WakeInterest(work: [bench.queue], cancellations: [bench.queue]))
            try await bench.add("a")
            let wakeUp = try await bench.store.waitForWork(
                WakeInterest(cancellations: [bench.queue]), atMost: .milliseconds(20))
            try bench.expect(wakeUp.work, is: [], "the queues with work")
            try await bench.expectWakeUp(WakeInterest(work: [bench.queue]), "a job was enqueued") {
                $0.work.contains(bench.queue)
            }
        },
        Case("rule 8", "one wait tells of several queues that it asked for, sooner or later") { bench in
            let queues: Set = [bench.queue, bench.queue("second"), bench.queue("third")]
            let interest = WakeInterest(work: queues)
            try await bench.forgetWakeUps(interest)
            for queue in queues { try await bench.add(in: queue) }
            var woken: Set<QueueName> = []
            for _ in 0..<6 where woken != queues {
                woken.formUnion(try await bench.store.waitForWork(interest, atMost: .seconds(20)).work)
            }
            try bench.expect(woken, is: queues, "the queues")
        },
        Case("rule 8", "when the time is up the answer is empty") { bench in
            let interest = WakeInterest(work: [bench.queue])
            try await bench.forgetWakeUps(interest)
            try await bench.expect(
                bench.store.waitForWork(interest, atMost: .milliseconds(20)).isEmpty, "nothing happened")
        },
        Case("rule 8", "a cancelled wait returns empty and loses no wake-up") { bench in
            let interest = WakeInterest(work: [bench.queue])
            try await bench.forgetWakeUps(interest)
            let wakeUp = try await withThrowingTaskGroup(of: WakeUp.self) { group in
                group.addTask { try await bench.store.waitForWork(interest, atMost: .seconds(60)) }
                group.cancelAll()
                return try await group.next()
            }
            try bench.expect(wakeUp, is: WakeUp(), "the answer to a cancelled wait")
            try await bench.expectWork("a job was enqueued after the cancelled wait") { try await bench.add("a") }
        },
    ]
}
