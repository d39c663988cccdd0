import DroverCore

/// Decides which waiting jobs of one name become a batch, and when.
///
/// Pure: it is told the time, and what comes of the workers' claims. Jobs wait in lines, one for each group. A line is taken as
/// soon as it is as long as a batch may be; or when it has the least length and no other job is on its way from the claim; or
/// when its first job has waited long enough.
struct BatchGathering {
    /// How large batches are, and how long jobs wait for others.
    struct Rule: Hashable, Sendable {
        var upTo: Int
        var atLeast: Int
        var within: Duration
    }

    /// How much longer jobs wait for those that were claimed with them and are on their way.
    static let extraPatience: Duration = .milliseconds(100)

    private struct Line {
        var members: [(number: Int, since: Duration)] = []
    }

    let rule: Rule
    /// Jobs that were claimed and have not come yet.
    private var expected: Set<Int> = []
    private var lines: [String: Line] = [:]
    private var groups: [Int: String] = [:]
    /// Whether no batch begins any more: the worker shuts down, and those that wait are given back.
    private(set) var isDraining = false

    init(_ rule: Rule) {
        self.rule = Rule(upTo: max(rule.upTo, 1), atLeast: max(rule.atLeast, 1), within: max(rule.within, .zero))
    }

    /// How many jobs wait.
    var waitingCount: Int { groups.count }

    /// The jobs that wait.
    var waiting: [Int] { groups.keys.sorted() }

    /// Jobs were claimed, and each of them will come or be missed.
    mutating func expect(_ numbers: some Sequence<Int>) { expected.formUnion(numbers) }

    /// A job that was expected does not come: it has ended before.
    mutating func missed(_ number: Int) { expected.remove(number) }

    /// No job waits any more.
    ///
    /// - Returns: those that do, which are to be given back.
    mutating func drain() -> [Int] {
        isDraining = true
        return waiting
    }

    /// A job has come, and waits.
    ///
    /// - Returns: whether it may; else it is to be given back, as it comes while the worker shuts down.
    @discardableResult
    mutating func join(_ number: Int, group: String, now: Duration) -> Bool {
        expected.remove(number)
        groups[number] = group
        lines[group, default: Line()].members.append((number, now))
        return !isDraining
    }

    /// A job that waits goes away.
    ///
    /// - Returns: whether it waited.
    mutating func leave(_ number: Int) -> Bool {
        guard let group = groups.removeValue(forKey: number) else { return false }
        lines[group]?.members.removeAll { $0.number == number }
        if lines[group]?.members.isEmpty == true { lines[group] = nil }
        return true
    }

    /// The batches that begin now. Their jobs wait no more.
    mutating func take(now: Duration) -> [[Int]] {
        if isDraining { return [] }
        var batches: [[Int]] = []
        for group in lines.keys.sorted() {
            while let line = lines[group], let count = size(of: line, now: now) {
                let batch = line.members.prefix(count).map(\.number)
                for number in batch { groups[number] = nil }
                lines[group]?.members.removeFirst(count)
                if lines[group]?.members.isEmpty == true { lines[group] = nil }
                batches.append(batch)
            }
        }
        return batches
    }

    /// How many jobs of a line begin now; nil for none.
    private func size(of line: Line, now: Duration) -> Int? {
        let count = line.members.count
        if count >= rule.upTo { return rule.upTo }
        guard let first = line.members.first else { return nil }
        if count >= rule.atLeast && expected.isEmpty { return count }
        return first.since + patience <= now ? count : nil
    }

    /// How long the first job of a line waits.
    private var patience: Duration { expected.isEmpty ? rule.within : rule.within + Self.extraPatience }

    /// When a line is taken at the latest; nil when none waits, or none is taken.
    var nextDeadline: Duration? {
        if isDraining { return nil }
        return lines.values.compactMap { line in line.members.first.map { $0.since + patience } }.min()
    }
}
