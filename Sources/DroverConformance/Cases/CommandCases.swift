import DroverCore

extension ConformanceCase {
    static let commands: [ConformanceCase] = [
        Case("apply", "a command for an unknown job answers notFound") { bench in
            let key = bench.key("nobody")
            let commands: [JobCommand] = [
                .retry(key, resetAttempts: true), .promote(key), .remove(key), .cancel(key),
                .changePriority(key, to: 1, lifo: false), .changeDelay(key, to: .seconds(1)),
                .updatePayload(key, to: .null),
            ]
            try await bench.expect(
                bench.store.apply(commands), is: Array(repeating: .notFound, count: commands.count), "the answers")
            try await bench.expect(bench.summary(), is: nil, "the queue")
        },
        Case("apply", "a command that breaks a rule is refused, also for an unknown job") { bench in
            try await bench.add("a", start: .after(.seconds(5)))
            let commands: [JobCommand] = [
                .changePriority(bench.key("a"), to: -1, lifo: false),
                .changePriority(bench.key("nobody"), to: 2_097_152, lifo: false),
                .changeDelay(bench.key("a"), to: .seconds(-1)),
            ]
            for result in try await bench.store.apply(commands) {
                guard case .refused = result else { throw ConformanceFailure("expected refused, got \(result)") }
            }
        },
        Case("retry", "a completed job runs again, its result cleared") { bench in
            try await bench.finish(["a"], .completed(JSONText("1")))
            try await bench.expectEvents(["waiting a"]) {
                try await bench.apply(.retry(bench.key("a"), resetAttempts: false))
            }
            let job = try await bench.job("a")
            try bench.expect(job.state, is: .waiting, "the state")
            try bench.expect(job.result, is: nil, "the result")
            try bench.expect(job.finishedAt, is: nil, "the end")
            try bench.expect(job.processedAt, is: nil, "the start")
            try bench.expect([job.attemptsMade, job.attemptsStarted], is: [1, 1], "the counted attempts")
        },
        Case("retry", "a failed job runs again at the back, its reason cleared and its traces kept") { bench in
            try await bench.finish(["a"], .failed(Failure(reason: "no", trace: "t")))
            try await bench.add("b")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: true))
            let job = try await bench.job("a")
            try bench.expect(job.failedReason, is: nil, "the reason")
            try bench.expect(job.stacktrace, is: ["t"], "the traces")
            try bench.expect([job.attemptsMade, job.attemptsStarted], is: [0, 0], "the counted attempts")
            try await bench.expect(bench.kinds(of: "a").last, is: .waiting(from: .failed), "the event")
            try await bench.expect(bench.claimedIDs(), is: ["b", "a"], "the order of claims")
        },
        Case("retry", "a lifo job runs again before the others") { bench in
            try await bench.add("a", lifo: true)
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.add("b")
            try await bench.apply(.retry(bench.key("a"), resetAttempts: false))
            try await bench.expect(bench.claimedIDs(), is: ["a", "b"], "the order of claims")
        },
        Case("retry", "a retried job with a priority is prioritized") { bench in
            try await bench.add("a", priority: 4)
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.apply(.retry(bench.key("a"), resetAttempts: false))
            try await bench.expect(bench.job("a").state, is: .prioritized, "the state")
        },
        Case("retry", "only a finished job is run again") { bench in
            try await bench.add("w")
            try await bench.add("p", priority: 1)
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.apply(.retry(bench.key("w"), resetAttempts: true), is: .wrongState(.waiting))
            try await bench.apply(.retry(bench.key("p"), resetAttempts: true), is: .wrongState(.prioritized))
            try await bench.apply(.retry(bench.key("d"), resetAttempts: true), is: .wrongState(.delayed))
            try await bench.claimOne()
            try await bench.apply(.retry(bench.key("w"), resetAttempts: true), is: .wrongState(.active))
        },
        Case("promote", "a delayed job becomes claimable at the back") { bench in
            try await bench.add("d", start: .after(.seconds(60)))
            try await bench.add("a")
            try await bench.apply(.promote(bench.key("d")))
            let job = try await bench.job("d")
            try bench.expect(job.state, is: .waiting, "the state")
            try bench.expect(job.dueAt, is: nil, "the due time")
            try await bench.expect(bench.kinds(of: "d").last, is: .waiting(from: .delayed), "the event")
            try await bench.expect(bench.claimedIDs(), is: ["a", "d"], "the order of claims")
        },
        Case("promote", "a delayed job with a priority becomes prioritized") { bench in
            try await bench.add("d", start: .after(.seconds(60)), priority: 2)
            try await bench.apply(.promote(bench.key("d")))
            try await bench.expect(bench.job("d").state, is: .prioritized, "the state")
        },
        Case("promote", "only a delayed job is promoted") { bench in
            try await bench.finish(["f"])
            try await bench.add("a")
            try await bench.apply(.promote(bench.key("f")), is: .wrongState(.completed))
            try await bench.apply(.promote(bench.key("a")), is: .wrongState(.waiting))
        },
        Case("remove", "a job of every other state than active is removed with its log") { bench in
            try await bench.finish(["a-completed"])
            try await bench.finish(["a-failed"], .cancelled)
            try await bench.add("a-waiting")
            try await bench.add("a-prioritized", priority: 1)
            try await bench.add("a-delayed", start: .after(.seconds(60)))
            try await bench.addAll(["a-grouped"], group: "g")
            try await bench.addFlow("a-waiting-children", [bench.child("child", in: bench.queue("other"))])
            for state in JobState.allCases where state != .active {
                let id = "a-\(state.rawValue)"
                try await bench.apply(.remove(bench.key(id)))
                try await bench.expect(bench.find(bench.key(id)), is: nil, "the job")
                try await bench.expect(bench.kinds(of: id).last, is: .removed(from: state), "the event")
            }
            try await bench.expect(bench.counts().total, is: 0, "the number of jobs")
        },
        Case("remove", "an active job is not removed, not even when its lease has expired") { bench in
            try await bench.add("a")
            try await bench.claimOne(lease: .seconds(10))
            try await bench.apply(.remove(bench.key("a")), is: .wrongState(.active))
            try await bench.advance(by: .seconds(60))
            try await bench.apply(.remove(bench.key("a")), is: .wrongState(.active))
        },
        Case("remove", "a job enqueued again under a removed id has no log, no progress and no counters") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            _ = try await bench.store.record([
                JobReport(lease: claimed.lease, content: .log("line", keep: nil)),
                JobReport(lease: claimed.lease, content: .progress(.null)),
            ])
            try await bench.settle(claimed, .failed(Failure(reason: "no", trace: "t")))
            try await bench.apply(.remove(bench.key("a")))
            let job = try await bench.job(bench.add("a"))
            try bench.expect([job.attemptsMade, job.attemptsStarted, job.stalls], is: [0, 0, 0], "the counters")
            try bench.expect(job.progress, is: nil, "the progress")
            try bench.expect(job.stacktrace, is: [], "the traces")
            try await bench.expect(bench.log(job.key), is: [], "the log")
        },
        Case("changeDelay", "a delayed job becomes due that long from now") { bench in
            try await bench.add("a", start: .after(.seconds(10)))
            try await bench.add("b", start: .after(.seconds(20)))
            try await bench.apply(.changeDelay(bench.key("a"), to: .seconds(500)))
            try await bench.expect(bench.list(.delayed), is: ["b", "a"], "the delayed jobs by due time")
            let due = try await bench.unwrap(bench.job("a").dueAt, "a due time")
            try await bench.expect(bench.kinds(of: "a").last, is: .delayed(until: due), "the event")
            try await bench.advance(by: .seconds(100))
            try await bench.expect(bench.claimedIDs(), is: ["b"], "what can be claimed")
        },
        Case("changeDelay", "a delay of zero is due now and claimed by the next exchange") { bench in
            try await bench.add("a", start: .after(.seconds(500)))
            try await bench.apply(.changeDelay(bench.key("a"), to: .zero))
            try await bench.expect(bench.job("a").state, is: .delayed, "the state")
            try await bench.expect(bench.claimedIDs(), is: ["a"], "what can be claimed")
        },
        Case("changeDelay", "only a delayed job's delay is changed") { bench in
            try await bench.add("a")
            try await bench.apply(.changeDelay(bench.key("a"), to: .seconds(9)), is: .wrongState(.waiting))
            try await bench.claimOne()
            try await bench.apply(.changeDelay(bench.key("a"), to: .seconds(9)), is: .wrongState(.active))
        },
        Case("updatePayload", "a payload is replaced in every state, without an event") { bench in
            try await bench.finish(["a-completed"])
            try await bench.add("a-active")
            try await bench.claimOne()
            try await bench.add("a-waiting")
            try await bench.add("a-delayed", start: .after(.seconds(60)))
            for id in ["a-completed", "a-active", "a-waiting", "a-delayed"] {
                try await bench.expectEvents([]) {
                    try await bench.apply(.updatePayload(bench.key(id), to: JSONText(#"{ "n": [] }"#)))
                }
                try await bench.expect(bench.job(id).payload, is: JSONText(#"{ "n": [] }"#), "the payload")
            }
            try await bench.expect(bench.claimOne().job.payload, is: JSONText(#"{ "n": [] }"#), "the claimed payload")
        },
    ]
}
