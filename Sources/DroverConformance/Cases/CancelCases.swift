import DroverCore

extension ConformanceCase {
    static let cancelling: [ConformanceCase] = [
        Case("cancel", "a job that is not active fails with the reason cancelled") { bench in
            try await bench.add("a-waiting")
            try await bench.add("a-prioritized", priority: 1)
            try await bench.add("a-delayed", start: .after(.seconds(60)))
            for id in ["a-waiting", "a-prioritized", "a-delayed"] {
                try await bench.expectEvents(["failed \(id)"]) { try await bench.apply(.cancel(bench.key(id))) }
                let job = try await bench.job(id)
                try bench.expect(job.state, is: .failed, "the state")
                try bench.expect(job.failedReason, is: "cancelled", "the reason")
                try bench.expect(job.attemptsMade, is: 0, "the counted attempts")
                try bench.expect(job.finishedAt != nil, "it has an end")
                try bench.expect(job.dueAt, is: nil, "the due time")
            }
            try await bench.expect(bench.claimedIDs(), is: [], "what can be claimed")
        },
        Case("cancel", "an active job is only asked to stop, as often as somebody asks") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.expectEvents(["cancel-requested a", "cancel-requested a"]) {
                try await bench.apply(.cancel(bench.key("a")), is: .requested)
                try await bench.apply(.cancel(bench.key("a")), is: .requested)
            }
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .active, "the state")
            try bench.expect(job.isCancelRequested, "the flag is set")
            try await bench.settle(claimed, .cancelled)
        },
        Case("cancel", "a finished job is not cancelled") { bench in
            try await bench.finish(["a"])
            try await bench.apply(.cancel(bench.key("a")), is: .wrongState(.completed))
            try await bench.finish(["b"], .cancelled)
            try await bench.apply(.cancel(bench.key("b")), is: .wrongState(.failed))
        },
        Case("cancel", "the flag dies with the attempt, however it ends") { bench in
            let outcomes: [Outcome] = [
                .completed(.null), .failed(Failure(reason: "no")), .retry(after: .seconds(60), Failure(reason: "no")),
                .snoozed(.seconds(60)), .cancelled, .released,
            ]
            for (number, outcome) in outcomes.enumerated() {
                let key = try await bench.add("n-\(number)")
                let claimed = try await bench.claimOne()
                try await bench.apply(.cancel(key), is: .requested)
                try await bench.settle(claimed, outcome)
                try await bench.expect(bench.job(key).isCancelRequested, is: false, "the flag after \(outcome)")
            }
        },
        Case("cancel", "a job whose attempt ended without ending it must fail when it is claimed again") { bench in
            let outcomes: [Outcome] = [.retry(after: .zero, Failure(reason: "no")), .snoozed(.zero), .released]
            for (number, outcome) in outcomes.enumerated() {
                let key = try await bench.add("n-\(number)")
                let claimed = try await bench.claimOne()
                try await bench.apply(.cancel(key), is: .requested)
                try await bench.settle(claimed, outcome)
                let again = try await bench.claimOne()
                try bench.expect(again.job.key, is: key, "the job that is claimed after \(outcome)")
                try bench.expect(again.job.deferredFailure, is: "cancelled", "the deferred failure after \(outcome)")
                try await bench.settle(again, .failed(Failure(reason: "cancelled")))
                try await bench.expect(bench.job(key).deferredFailure, is: nil, "the deferred failure at the end")
            }
        },
        Case("cancel", "a cancelled stalled job carries no deferred failure") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 0, limit: 10)
            try await bench.apply(.cancel(bench.key("a")))
            try await bench.expect(bench.job("a").deferredFailure, is: nil, "the deferred failure")
        },
        Case("cancel", "a cancelled job can be run again") { bench in
            try await bench.add("a")
            try await bench.apply(.cancel(bench.key("a")))
            try await bench.apply(.retry(bench.key("a"), resetAttempts: false))
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what can be claimed")
        },
    ]

    static let priorities: [ConformanceCase] = [
        Case("changePriority", "a job that waits goes to the back of its new priority, without an event") { bench in
            try await bench.add("a", priority: 2)
            try await bench.addAll(["b", "c"], priority: 3)
            try await bench.expectEvents([]) {
                try await bench.apply(.changePriority(bench.key("a"), to: 3, lifo: false))
            }
            try await bench.expect(bench.job("a").priority, is: 3, "the priority")
            try await bench.expect(bench.claimedIDs(), is: ["b", "c", "a"], "the order of claims")
        },
        Case("changePriority", "with lifo it goes to the front of its new priority") { bench in
            try await bench.add("a", priority: 9)
            try await bench.addAll(["b", "c"], priority: 3)
            try await bench.apply(.changePriority(bench.key("a"), to: 3, lifo: true))
            try await bench.expect(bench.claimedIDs(), is: ["a", "b", "c"], "the order of claims")
        },
        Case("changePriority", "to zero and from zero a job changes between waiting and prioritized") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.add("p", priority: 1)
            try await bench.apply(.changePriority(bench.key("a"), to: 1, lifo: false))
            try await bench.apply(.changePriority(bench.key("p"), to: 0, lifo: true))
            try await bench.expect(bench.job("a").state, is: .prioritized, "the state with a priority")
            try await bench.expect(bench.job("p").state, is: .waiting, "the state without one")
            try await bench.expect(bench.claimedIDs(), is: ["p", "b", "a"], "the order of claims")
        },
        Case("changePriority", "the same priority again puts a job to the back") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.addAll(["p", "q"], priority: 1)
            try await bench.apply(.changePriority(bench.key("a"), to: 0, lifo: false))
            try await bench.apply(.changePriority(bench.key("p"), to: 1, lifo: false))
            try await bench.expect(bench.claimedIDs(), is: ["b", "a", "q", "p"], "the order of claims")
        },
        Case("changePriority", "other states keep their state and take the new priority") { bench in
            try await bench.finish(["f"])
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.add("d", start: .after(.seconds(60)))
            for id in ["f", "a", "d"] { try await bench.apply(.changePriority(bench.key(id), to: 6, lifo: false)) }
            for (id, state) in [("f", JobState.completed), ("a", .active), ("d", .delayed)] {
                let job = try await bench.job(id)
                try bench.expect(job.state, is: state, "the state of \(id)")
                try bench.expect(job.priority, is: 6, "the priority of \(id)")
            }
            try await bench.settle(claimed, .released)
            try await bench.apply(.promote(bench.key("d")))
            try await bench.expect(bench.claimedIDs(), is: ["a", "d"], "the order of claims")
        },
    ]

    static let pausing: [ConformanceCase] = [
        Case("configure", "a paused queue hands out nothing, a resumed one does again") { bench in
            try await bench.addAll(["a", "b"])
            try await bench.pause()
            try await bench.expect(bench.claimedIDs(), is: [], "what can be claimed while paused")
            try await bench.expect(bench.list(.waiting), is: ["a", "b"], "the jobs still wait")
            try await bench.resume()
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "what can be claimed then")
        },
        Case("configure", "a paused queue takes new jobs in their places") { bench in
            try await bench.pause()
            try await bench.addAll(["a", "b"])
            try await bench.add("first", lifo: true)
            try await bench.resume()
            try await bench.expect(bench.claimedIDs(), is: ["first", "a", "b"], "the order of claims")
        },
        Case("configure", "running jobs of a paused queue go on") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.pause()
            try await bench.expect(bench.store.renew([claimed.lease]), is: [.held], "renewing")
            try await bench.settle(claimed, .completed(.null))
        },
        Case("configure", "pausing twice is done twice, with an event each") { bench in
            try await bench.expectEvents(["paused", "paused", "resumed", "resumed"]) {
                for _ in 0..<2 { try await bench.pause() }
                for _ in 0..<2 { try await bench.resume() }
            }
        },
        Case("configure", "a setting creates the queue") { bench in
            try await bench.pause()
            try await bench.expect(
                bench.summary(), is: QueueSummary(name: bench.queue, isPaused: true, counts: JobCounts()), "the queue")
            let other = bench.queue("other")
            try await bench.resume(other)
            try await bench.expect(
                bench.summary(of: other), is: QueueSummary(name: other, isPaused: false, counts: JobCounts()),
                "the other")
        },
        Case("configure", "settings of several queues are applied in order") { bench in
            let other = bench.queue("other")
            let settings: [QueueSetting] = [.pause(bench.queue), .pause(other), .resume(bench.queue)]
            try await bench.expect(bench.store.configure(settings), is: [.done, .done, .done], "the answers")
            try await bench.expect(bench.summary()?.isPaused, is: false, "the first queue")
            try await bench.expect(bench.summary(of: other)?.isPaused, is: true, "the other queue")
        },
    ]
}
