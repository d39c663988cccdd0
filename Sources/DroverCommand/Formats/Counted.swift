/// Numbers of things, for people: 1 job, 2 jobs.
enum Counted {
    /// A number and what it counts.
    static func text(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// A number and what it counts, whose plural is another word.
    static func text(_ count: Int, _ noun: String, _ nouns: String) -> String {
        "\(count) \(count == 1 ? noun : nouns)"
    }
}
