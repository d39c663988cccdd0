import Drover
import DroverSQLite

let store = SQLiteStore(path: "jobs.sqlite")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.search
let filter = try JobFilter("state = failed and payload.userId = \"42\" and createdAt > -2h")
for try await job in jobs.search(filter, in: ["mail"]) {
    print(job.key, job.failedReason ?? "")
}
// snippet.end

// snippet.parts
let parts = JobFilter(states: [.failed], names: ["SendMail"], tags: ["vip"], attempts: 3...10, error: "timeout")
    .and(.compares(.payload(JSONPath(members: "userId")), .equal, .text("42")))
print(try await jobs.count(parts).matched)
// snippet.end

// snippet.page
let page = try await jobs.searchPage(parts, sortedBy: .finished, Page(limit: 50, order: .descending))
print(page.jobs.count, page.examined)
if let next = page.next {
    _ = try await jobs.searchPage(parts, sortedBy: .finished, Page(limit: 50, after: next, order: .descending))
}
// snippet.end

// snippet.bulk
let expected = try await jobs.retry(matching: parts, in: ["mail"], dryRun: true)
print("\(expected.matched) jobs would run again")
let report = try await jobs.retry(matching: parts, in: ["mail"], resetAttempts: true) { report in
    print("\(report.examined) of \(report.total)")
}
print("\(report.done) retried, \(report.skipped) had moved on, \(report.refused) refused")
// snippet.end

await store.close()
