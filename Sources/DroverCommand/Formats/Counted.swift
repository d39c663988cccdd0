/// Numbers of things, for people: 1 job, 2 jobs.
enum Counted {
    /// A number and what it counts.
    static func text(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
