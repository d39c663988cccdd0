/// The stored form of a letter's history, as a member of the job's options. A text of somebody else's that names no job is
/// none.
struct StoredDeadLetter: Codable {
    var value: DeadLetter

    init(_ value: DeadLetter) { self.value = value }

    private enum Member: String, CodingKey { case queue, id, createdAt, attempts, reason, traces, options }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let job = JobKey(
            queue: try QueueName(try members.decode(String.self, forKey: .queue)),
            id: try JobID(try members.decode(String.self, forKey: .id)))
        value = DeadLetter(
            job: job,
            createdAt: Timestamp(milliseconds: try members.decodeIfPresent(Int64.self, forKey: .createdAt) ?? 0),
            attempts: try members.decodeIfPresent(Int.self, forKey: .attempts) ?? 0,
            reason: try members.decodeIfPresent(String.self, forKey: .reason) ?? "",
            traces: try members.decodeIfPresent([String].self, forKey: .traces) ?? [],
            options: try members.decodeIfPresent(JobOptions.self, forKey: .options) ?? JobOptions())
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(value.job.queue.text, forKey: .queue)
        try members.encode(value.job.id.text, forKey: .id)
        try members.encode(value.createdAt.milliseconds, forKey: .createdAt)
        try members.encode(value.attempts, forKey: .attempts)
        try members.encode(value.reason, forKey: .reason)
        if !value.traces.isEmpty { try members.encode(value.traces, forKey: .traces) }
        if value.options != JobOptions() { try members.encode(value.options, forKey: .options) }
    }
}

/// The stored form of the note of a replay.
struct StoredReplay: Codable {
    var value: JobReplay

    init(_ value: JobReplay) { self.value = value }

    private enum Member: String, CodingKey { case queue, id, count }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let origin = JobKey(
            queue: try QueueName(try members.decode(String.self, forKey: .queue)),
            id: try JobID(try members.decode(String.self, forKey: .id)))
        value = JobReplay(origin: origin, count: max(1, try members.decode(Int.self, forKey: .count)))
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(value.origin.queue.text, forKey: .queue)
        try members.encode(value.origin.id.text, forKey: .id)
        try members.encode(value.count, forKey: .count)
    }
}
