import DroverCore

extension ConformanceCase {
    static let stalled: [ConformanceCase] = [
        Case("reclaimStalled", "a job that was cleaned while active and stored again is put back once") { bench in
            for _ in 0..<2 {
                try await bench.add("a")
                try await bench.claimOne(lease: .milliseconds(1))
                try await bench.advance(by: .seconds(30))
                let clean = Sweep.clean(bench.queue, state: .active, olderThan: .zero)
                try await bench.expect(bench.sweep(clean), is: 1, "removed")
            }
            try await bench.add("a")
            try await bench.claimOne(lease: .milliseconds(1))
            try await bench.advance(by: .seconds(30))
            let stalled = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try bench.expect(stalled.map(\.key.id.text), is: ["a"], "what was put back")
            try await bench.expect(bench.list(.waiting), is: ["a"], "what waits")
        },
        Case("reclaimStalled", "a job whose lease has expired waits again and its stall is counted") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(10))
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10),
                is: [StalledJob(key: bench.key("a"), stalls: 1, mustFail: false)], "the reclaimed jobs")
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .waiting, "the state")
            try bench.expect([job.stalls, job.attemptsMade, job.attemptsStarted], is: [1, 0, 1], "the counters")
            try bench.expect(job.deferredFailure, is: nil, "the deferred failure")
        },
        Case("reclaimStalled", "a lease that has not expired is left alone") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(100))
            try await bench.advance(by: .seconds(50))
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10), is: [], "reclaimed")
            try await bench.expect(bench.job("a").state, is: .active, "the state")
        },
        Case("reclaimStalled", "a job that stalls more often than allowed carries a deferred failure") { bench in
            try await bench.add("a")
            for stalls in 1...2 {
                try await bench.claimOne(lease: .seconds(10))
                try await bench.advance(by: .seconds(11))
                let expected = StalledJob(key: bench.key("a"), stalls: stalls, mustFail: stalls > 1)
                try await bench.expect(
                    bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10), is: [expected], "stall \(stalls)"
                )
            }
            let claimed = try await bench.claimOne()
            try bench.expect(claimed.job.deferredFailure, is: Failure.stalledReason, "the deferred failure")
        },
        Case("reclaimStalled", "the job of a slot fails by stalls only when its schedule is gone") { bench in
            let slot = try await bench.put("s", in: .seconds(-1))
            let id = bench.iteration("s", slot)
            let commands: [Int: ScheduleCommand] = [
                3: .pause(bench.scheduleKey("s")), 4: .remove(bench.scheduleKey("s")),
            ]
            for stalls in 1...5 {
                if let command = commands[stalls] {
                    try bench.expect(await bench.store.apply([command]), is: [.done], "the command")
                }
                try await bench.claimOne(lease: .seconds(10))
                try await bench.advance(by: .seconds(11))
                let expected = StalledJob(key: id, stalls: stalls, mustFail: stalls > 3)
                try await bench.expect(
                    bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10), is: [expected], "stall \(stalls)"
                )
            }
        },
        Case("reclaimStalled", "with no stall allowed the first one is one too many") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 0, limit: 10).map(\.mustFail), is: [true],
                "must fail")
        },
        Case("reclaimStalled", "finishing clears the deferred failure") { bench in
            for (id, outcome) in [
                ("a", Outcome.completed(.null)), ("b", .failed(Failure(reason: "no"))), ("c", .cancelled),
            ] {
                try await bench.add(id)
                try await bench.claimOne(lease: .seconds(10))
                try await bench.advance(by: .seconds(11))
                _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 0, limit: 10)
                try await bench.settle(bench.claimOne(), outcome)
                try await bench.expect(bench.job(id).deferredFailure, is: nil, "after \(outcome)")
                try await bench.expect(bench.job(id).stalls, is: 1, "the stalls")
            }
        },
        Case("reclaimStalled", "a stalled job goes to the front") { bench in
            try await bench.addAll(["a", "b", "c"])
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try await bench.expect(bench.claimedIDs(), is: ["a", "b", "c"], "the order of claims")
        },
        Case("reclaimStalled", "of several stalled jobs the one that expired first comes first again") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            try await bench.claimOne(lease: .seconds(30))
            try await bench.claimOne(lease: .seconds(10))
            try await bench.claimOne(lease: .seconds(20))
            try await bench.advance(by: .seconds(60))
            try await bench.expectEvents([
                "waiting a", "stalled a", "waiting c", "stalled c", "waiting b", "stalled b",
            ]) {
                let reclaimed = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
                try bench.expect(
                    reclaimed.map(\.key.id.text), is: ["a", "c", "b"], "the reclaimed jobs, in the order of putting")
            }
            try await bench.expect(bench.claimedIDs(), is: ["b", "c", "a", "d"], "the order of claims")
        },
        Case("reclaimStalled", "of several that expired together the one claimed first comes first again") { bench in
            try await bench.addAll(["a", "b", "c", "d"])
            try await bench.claim(3, lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            let reclaimed = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try bench.expect(
                reclaimed.map(\.key.id.text), is: ["c", "b", "a"], "the reclaimed jobs, in the order of putting")
            try await bench.expect(bench.claimedIDs(), is: ["a", "b", "c", "d"], "the order of claims")
        },
        Case("rule 10", "a limit below one reclaims and prunes nothing") { bench in
            try await bench.finish(["f"])
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            for limit in [0, -1] {
                let rule = PruneRule(.completed, keeping: .removeAtOnce)
                let reclaimed = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: limit)
                try bench.expect(reclaimed, is: [], "reclaimed")
                try await bench.expect(bench.store.prune(bench.queue, rule, limit: limit), is: 0, "pruned")
            }
        },
        Case("rule 10", "reclaiming takes no more than its limit, the earliest expired") { bench in
            try await bench.addAll(["a", "b", "c"])
            for lease in [30, 10, 20] { try await bench.claimOne(lease: .seconds(lease)) }
            try await bench.advance(by: .seconds(60))
            var reclaimed: [String] = []
            for _ in 0..<4 {
                reclaimed += try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 1).map(
                    \.key.id.text)
            }
            try bench.expect(reclaimed, is: ["b", "c", "a"], "the reclaimed jobs")
        },
        Case("reclaimStalled", "a prioritized job is put back to its priority's front") { bench in
            try await bench.addAll(["a", "b"], priority: 3)
            try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try await bench.expect(bench.job("a").state, is: .prioritized, "the state")
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the order of claims")
        },
        Case("reclaimStalled", "a job that was to be cancelled must not run again when its worker died") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.apply(.cancel(bench.key("a")), is: .requested)
            try await bench.advance(by: .seconds(11))
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10),
                is: [StalledJob(key: bench.key("a"), stalls: 1, mustFail: true)], "the reclaimed jobs")
            try await bench.expect(bench.job("a").isCancelRequested, is: false, "the flag")
            try await bench.expect(bench.job("a").deferredFailure, is: "cancelled", "the deferred failure")
        },
        Case("reclaimStalled", "a deferred failure stays what it is when the job stalls again") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.apply(.cancel(bench.key("a")), is: .requested)
            for stalls in 1...2 {
                try await bench.advance(by: .seconds(11))
                try await bench.expect(
                    bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10),
                    is: [StalledJob(key: bench.key("a"), stalls: stalls, mustFail: true)], "stall \(stalls)")
                try await bench.expect(bench.job("a").deferredFailure, is: "cancelled", "the deferred failure")
                try await bench.claimOne(lease: .seconds(10))
            }
        },
        Case("reclaimStalled", "an unknown queue has nothing to reclaim and is not created") { bench in
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10), is: [], "reclaimed")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("reclaimStalled", "a job is reclaimed in a paused queue too") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.pause()
            try await bench.advance(by: .seconds(11))
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10).map(\.key), is: [bench.key("a")],
                "reclaimed")
        },
    ]
}
