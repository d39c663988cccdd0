import DroverCore

/// What the move of one queue has done.
struct MoveTally: Hashable {
    /// The queue.
    var queue: QueueName
    /// How many jobs arrived, by the state in which they did.
    var moved = JobCounts()
    /// How many schedules arrived.
    var schedules = 0
    /// How many jobs had been there already.
    var knownJobs = 0
    /// How many schedules had been there already.
    var knownSchedules = 0
    /// The names of those schedules; empty where they can't be told.
    var namesOfKnown: [String] = []
    /// The queue had been moved out of this source before.
    var isRepeated = false
    /// How many jobs the move before this one had left unfinished.
    var finishedBefore = 0
    /// How many jobs no move can carry, by reason.
    var left: [String: Int] = [:]
    /// What else of the queue was not carried, in words.
    var remains: [String] = []
    /// What is in the source's queue now.
    var there = JobCounts()

    /// An empty tally.
    init(queue: QueueName) { self.queue = queue }

    /// How many jobs came into the source's queue behind the last look, and can be moved.
    var cameIn: Int { max(0, there.total - there[.active] - left.values.reduce(0, +)) }
    /// How many jobs and schedules had been there already.
    var known: Int { knownJobs + knownSchedules }
    /// Whether the source had nothing: neither jobs nor schedules, nor what an earlier move had left unfinished.
    var foundNothing: Bool { moved.total + schedules + known + finishedBefore + there.total == 0 }
    /// Whether all that was there when the move began has been moved.
    var isWhole: Bool { left.isEmpty && there[.active] == 0 }

    /// The tally as a JSON object.
    var json: String {
        JSONWriter.object([
            ("queue", JSONWriter.string(queue.text)),
            (
                "moved",
                JSONWriter.object(JobState.allCases.filter { $0 != .active }.map { ($0.rawValue, String(moved[$0])) })
            ),
            ("schedules", String(schedules)), ("known", String(known)), ("active", String(there[.active])),
            ("cameIn", String(cameIn)),
            (
                "left",
                JSONWriter.array(
                    left.sorted { $0.key < $1.key }.map {
                        JSONWriter.object([("reason", JSONWriter.string($0.key)), ("jobs", String($0.value))])
                    })
            ),
            ("notCarried", JSONWriter.array(remains.map { JSONWriter.string($0) })),
        ])
    }

    /// What a person must know beside the numbers.
    var remarks: [String] {
        var remarks = left.sorted { $0.key < $1.key }.map {
            "\(queue): \(Counted.text($0.value, "job")) stayed: \($0.key)"
        }
        if there[.active] > 0 {
            remarks.append("\(queue): \(Counted.text(there[.active], "job")) active still; run drover move again later")
        }
        remarks += remains.map { "\(queue): not carried: \($0)" }
        return remarks
    }
}
