import DroverCore

extension ConformanceCase {
    static let logging: [ConformanceCase] = [
        Case("logs", "pages in both directions show every line once, with the total") { bench in
            let key = try await bench.logged(["0", "1", "2", "3", "4"])
            for (order, expected) in [(Page.Order.ascending, "01234"), (.descending, "43210")] {
                for limit in [1, 2, 5, 6] {
                    var lines = ""
                    var cursor: PageCursor?
                    repeat {
                        let page = try await bench.store.logs(
                            key, page: Page(limit: limit, after: cursor, order: order))
                        try bench.expect(page.lines.count <= limit, "a page holds no more than its limit")
                        try bench.expect(page.total, is: 5, "the total")
                        lines += page.lines.joined()
                        cursor = page.next
                    } while cursor != nil && lines.count < 100
                    try bench.expect(lines, is: expected, "the lines, \(order), by \(limit)")
                }
            }
        },
        Case("logs", "the newest lines are kept, as many as the report says") { bench in
            let key = try await bench.logged(["0", "1", "2", "3", "4"], keep: 3)
            let page = try await bench.store.logs(key, page: Page())
            try bench.expect(page, is: LogPage(lines: ["2", "3", "4"], total: 3, next: nil), "the log")
        },
        Case("logs", "a later report may keep fewer") { bench in
            try await bench.add("a")
            let lease = try await bench.claimOne().lease
            for (line, keep) in [("0", nil), ("1", nil), ("2", nil), ("3", 2)] as [(String, Int?)] {
                _ = try await bench.store.record([JobReport(lease: lease, content: .log(line, keep: keep))])
            }
            try await bench.expect(bench.log(lease.job), is: ["2", "3"], "the log")
        },
        Case("logs", "keeping none empties the log") { bench in
            let key = try await bench.logged(["0", "1"], keep: 0)
            try await bench.expect(
                bench.store.logs(key, page: Page()), is: LogPage(lines: [], total: 0, next: nil), "the log")
        },
        Case("logs", "jobs have logs of their own") { bench in
            try await bench.addAll(["a", "b"])
            let claimed = try await bench.claim(2)
            _ = try await bench.store.record(
                claimed.map { JobReport(lease: $0.lease, content: .log($0.job.key.id.text, keep: nil)) })
            try await bench.expect(bench.log(bench.key("a")), is: ["a"], "the log of a")
            try await bench.expect(bench.log(bench.key("b")), is: ["b"], "the log of b")
        },
        Case("logs", "an unknown job has an empty log") { bench in
            try await bench.expect(
                bench.store.logs(bench.key("nobody"), page: Page()), is: LogPage(lines: [], total: 0, next: nil),
                "the log")
        },
        Case("logs", "logging and payload updates make no events") { bench in
            try await bench.add("a")
            let lease = try await bench.claimOne().lease
            try await bench.expectEvents([]) {
                _ = try await bench.store.record([
                    JobReport(lease: lease, content: .log("line", keep: nil)),
                    JobReport(lease: lease, content: .payload(.null)),
                ])
            }
        },
    ]
}

extension Bench {
    /// A claimed job with these log lines.
    fileprivate func logged(_ lines: [String], keep: Int? = nil) async throws -> JobKey {
        try await add("a")
        let lease = try await claimOne().lease
        let statuses = try await store.record(lines.map { JobReport(lease: lease, content: .log($0, keep: keep)) })
        try expect(statuses, is: lines.map { _ in .recorded }, "the reports")
        return lease.job
    }
}
