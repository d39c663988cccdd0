import Drover
import DroverRedis
import DroverSQLite

// snippet.stores
let file: any JobStore = SQLiteStore(path: "jobs.sqlite")
let server: any JobStore = try RedisStore(url: "redis://127.0.0.1:6379/0?prefix=bull")
// snippet.end

// snippet.use
let store = CommandLine.arguments.contains("--redis") ? server : file
try await store.prepare()
print("\(store.traits.name), durability \(store.traits.durability)")
let jobs = JobService(store: store)
// snippet.end

print(try await jobs.store.queues())
await store.close()
