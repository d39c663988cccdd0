import DroverCore

/// A queue to work, as it is written on a command line: `NAME` or `NAME:CONCURRENCY`.
struct QueueArgument: Hashable, Sendable {
    /// The queue.
    var name: QueueName
    /// How many jobs run at once.
    var concurrency: Int

    /// Reads a queue.
    init(parsing text: String) throws(ValidationError) {
        guard let colon = text.lastIndex(of: ":") else {
            name = try QueueName(text)
            concurrency = 1
            return
        }
        let count = text[text.index(after: colon)...]
        guard let concurrency = Int(count), (1...10_000).contains(concurrency) else {
            throw ValidationError(
                "concurrency", "\"\(count.prefix(32))\" is out of range; give 1 to 10,000 after the queue's name")
        }
        name = try QueueName(String(text[..<colon]))
        self.concurrency = concurrency
    }
}
