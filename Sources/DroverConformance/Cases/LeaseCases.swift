import DroverCore

extension ConformanceCase {
    static let leases: [ConformanceCase] = [
        Case("renew", "a held lease is extended by its duration from now") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne(lease: .seconds(20))
            try await bench.advance(by: .seconds(15))
            try await bench.expect(bench.store.renew([claimed.lease]), is: [.held], "renewing")
            try await bench.advance(by: .seconds(10))
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10), is: [], "reclaimed")
            try await bench.settle(claimed, .completed(.null))
        },
        Case("renew", "a lease whose time has passed is held until somebody reclaims the job") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(60))
            try await bench.expect(bench.store.renew([claimed.lease]), is: [.held], "renewing late")
            try await bench.expect(
                bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10), is: [], "reclaimed")
        },
        Case("settle", "a lease whose time has passed still settles until somebody reclaims the job") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(60))
            try await bench.settle(claimed, .completed(.null))
        },
        Case("renew", "a lease is lost once the job was reclaimed") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne(lease: .seconds(10))
            try await bench.advance(by: .seconds(11))
            _ = try await bench.store.reclaimStalled(bench.queue, maxStalled: 1, limit: 10)
            try await bench.expect(bench.store.renew([claimed.lease]), is: [.lost], "renewing")
            let settlement = Settlement(lease: claimed.lease, outcome: .completed(.null))
            try await bench.expect(bench.exchange([settlement]).settled, is: [.leaseLost], "settling")
            try await bench.expect(bench.job("a").state, is: .waiting, "the state")
        },
        Case("renew", "a lease is lost once the job was settled") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            try await bench.settle(claimed, .completed(.null))
            try await bench.expect(bench.store.renew([claimed.lease]), is: [.lost], "renewing")
        },
        Case("renew", "leases of several queues are renewed in one call") { bench in
            let other = bench.queue("other")
            try await bench.add("a")
            try await bench.add("a", in: other)
            let mine = try await bench.claimOne().lease
            let theirs = try await bench.claimOne(in: other).lease
            let nobody = Lease(job: bench.key("a", in: bench.queue("none")), token: mine.token, duration: .seconds(9))
            try await bench.expect(bench.store.renew([theirs, nobody, mine]), is: [.held, .lost, .held], "renewing")
        },
        Case("renew", "renewing twice is safe and tells the same") { bench in
            try await bench.add("a")
            let lease = try await bench.claimOne().lease
            try await bench.expect(bench.store.renew([lease, lease]), is: [.held, .held], "renewing")
            try await bench.expect(bench.job("a").attemptsStarted, is: 1, "the started attempts")
        },
        Case("renew", "renewing tells that the job is to be cancelled, each time") { bench in
            try await bench.add("a")
            let lease = try await bench.claimOne().lease
            try await bench.apply(.cancel(lease.job), is: .requested)
            try await bench.expect(bench.store.renew([lease]), is: [.cancelRequested], "the first time")
            try await bench.expect(bench.store.renew([lease]), is: [.cancelRequested], "the second time")
        },
    ]

    static let reports: [ConformanceCase] = [
        Case("record", "progress replaces what was reported before") { bench in
            try await bench.add("a")
            let lease = try await bench.claimOne().lease
            let reports = try ["1", "2"].map { JobReport(lease: lease, content: .progress(try JSONText($0))) }
            try await bench.expect(bench.store.record(reports), is: [.recorded, .recorded], "the reports")
            try await bench.expect(bench.job("a").progress, is: JSONText("2"), "the progress")
        },
        Case("record", "a payload update is what later attempts are given") { bench in
            try await bench.add("a", payload: JSONText("1"))
            let claimed = try await bench.claimOne()
            let report = JobReport(lease: claimed.lease, content: .payload(try JSONText("2")))
            try await bench.expect(bench.store.record([report]), is: [.recorded], "the report")
            try await bench.settle(claimed, .released)
            try await bench.expect(bench.claimOne().job.payload, is: JSONText("2"), "the payload")
        },
        Case("record", "log lines are appended in order") { bench in
            try await bench.add("a")
            let lease = try await bench.claimOne().lease
            let reports = ["one", "", "drei: größer", "line\nbreak"].map {
                JobReport(lease: lease, content: .log($0, keep: nil))
            }
            _ = try await bench.store.record(reports)
            try await bench.expect(bench.log(lease.job), is: ["one", "", "drei: größer", "line\nbreak"], "the log")
        },
        Case("record", "reports under a lost lease change nothing") { bench in
            try await bench.add("a", payload: JSONText("1"))
            let lease = try await bench.claimOne().lease
            let lost = Lease(job: lease.job, token: LeaseToken("stranger"), duration: .seconds(30))
            let reports: [JobReport] = [
                JobReport(lease: lost, content: .progress(.null)),
                JobReport(lease: lost, content: .log("x", keep: nil)),
                JobReport(lease: lost, content: .payload(.null)),
            ]
            try await bench.expectEvents([]) {
                try await bench.expect(
                    bench.store.record(reports), is: [.leaseLost, .leaseLost, .leaseLost], "the reports")
            }
            let job = try await bench.job("a")
            try bench.expect(job.progress, is: nil, "the progress")
            try bench.expect(job.payload, is: JSONText("1"), "the payload")
            try await bench.expect(bench.log(lease.job), is: [], "the log")
        },
        Case("record", "progress and log stay when the job finishes and when it is put back") { bench in
            try await bench.add("a")
            let claimed = try await bench.claimOne()
            _ = try await bench.store.record([
                JobReport(lease: claimed.lease, content: .progress(try JSONText("7"))),
                JobReport(lease: claimed.lease, content: .log("line", keep: nil)),
            ])
            try await bench.settle(claimed, .released)
            try await bench.settle(bench.claimOne(), .completed(.null))
            try await bench.expect(bench.job("a").progress, is: JSONText("7"), "the progress")
            try await bench.expect(bench.log(bench.key("a")), is: ["line"], "the log")
        },
    ]
}
