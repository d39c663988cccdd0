import Drover
import DroverSQLite

struct BuildReport: JobPayload {
    static let name: JobName = "build-report"
    static let queue: QueueName = "reports"
    var month: String
}

let store = SQLiteStore(path: "reports.sqlite")
try await store.prepare()
let jobs = JobService(store: store)

// snippet.add
var options = JobOptions()
options.resultCache = ResultCache(key: "2026-06", lifetime: .seconds(3600))
try await jobs.add(BuildReport(month: "2026-06"), options: options)
// snippet.end

// snippet.forget
_ = try await jobs.store.configure([.forgetResult("reports", name: "build-report", key: "2026-06")])
// snippet.end
