import DroverCore
import DroverSQLite
import ProcessTesting

/// What a program had been told was stored, at some point of its journal.
struct Acknowledged {
    private var text: [UInt8] = []
    private(set) var enqueued: [JobID] = []
    private(set) var completed: [JobID] = []
    private(set) var failed: [JobID] = []
    private(set) var bulks: [String: Int] = [:]
    /// Whether the program still makes one call at a time.
    private(set) var isAlone = true
    private(set) var lines = 0

    /// Reads on, when the entry is a part of the file of answers.
    ///
    /// - Returns: whether it was.
    mutating func follow(_ entry: Journal.Entry) throws -> Bool {
        guard case .write("answers", _, let bytes) = entry else { return false }
        text.append(contentsOf: bytes)
        while let end = text.firstIndex(of: 0x0A) {
            try read(String(decoding: text[..<end], as: UTF8.self).split(separator: " ").map(String.init))
            text.removeSubrange(...end)
        }
        return true
    }

    private mutating func read(_ words: [String]) throws {
        lines += 1
        switch (words[0], words.count) {
        case ("enqueued", 2): enqueued.append(try JobID(words[1]))
        case ("completed", 2): completed.append(try JobID(words[1]))
        case ("failed", 2): failed.append(try JobID(words[1]))
        case ("bulk", 3): bulks[words[1]] = Int(words[2])
        case ("together", 1): isAlone = false
        default: throw Unknown(words: words)
        }
    }

    private struct Unknown: Error {
        let words: [String]
    }

    /// Opens what a power cut left and tells what is missing or wrong there; empty when nothing is.
    func problems(in path: String) async throws -> [String] {
        let store = SQLiteStore(path: path)
        try await store.prepare()
        var problems: [String] = []
        for (ids, state) in [(enqueued, nil), (completed, JobState.completed), (failed, JobState.failed)] {
            let records = try await store.jobs(ids.map { JobKey(queue: "power", id: $0) })
            for (id, record) in zip(ids, records) {
                guard let record else {
                    problems.append("lost: job \(id)")
                    continue
                }
                if let state, record.state != state {
                    problems.append("lost: the end of job \(id), now \(record.state)")
                }
                if state == .completed, record.result?.text != #""result of \#(id)""# {
                    problems.append("lost: the result of job \(id)")
                }
            }
        }
        let present = try await Self.countByName(store)
        for (name, count) in bulks where present[name] != count {
            problems.append("lost: \(name) has \(present[name] ?? 0) of \(count) jobs")
        }
        for (name, count) in present where name.hasPrefix("bulk-") && count != 100 {
            problems.append("half there: \(name) has \(count) jobs")
        }
        // The store goes on from there.
        let after = try await store.enqueue("power", [NewJob(name: "after")])
        if case .added = after[0] {} else { problems.append("enqueue answered \(after)") }
        await store.close()
        return try problems + FileAudit.problems(in: path)
    }

    private static func countByName(_ store: SQLiteStore) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for state in JobState.allCases {
            var cursor: PageCursor?
            repeat {
                let page = try await store.jobs(
                    matching: JobQuery(queue: "power", state: state), page: Page(limit: 1000, after: cursor))
                for job in page.jobs { counts[job.name.text, default: 0] += 1 }
                cursor = page.next
            } while cursor != nil
        }
        return counts
    }
}
