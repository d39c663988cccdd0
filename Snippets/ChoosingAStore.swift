import Drover
import DroverRedis
import DroverSQLite
import Foundation

// snippet.stores
let file = SQLiteStore(path: "jobs.sqlite")
let server = try RedisStore(url: "redis://127.0.0.1:6379/0?prefix=bull")
// snippet.end

// snippet.use
let store: any JobStore
if let url = ProcessInfo.processInfo.environment["REDIS_URL"] {
    store = try RedisStore(url: url)
} else {
    store = SQLiteStore(path: "jobs.sqlite")
}
try await store.prepare()
print("\(store.traits.name), durability \(store.traits.durability)")
let jobs = JobService(store: store)
// snippet.end

print(try await jobs.store.queues())
await store.close()
