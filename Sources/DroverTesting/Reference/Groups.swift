import DroverCore

/// The name of a group, by its bytes.
struct GroupName: Hashable, Comparable, Sendable {
    let text: String

    /// Nil for a text that names no group.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        self.text = text
    }

    static func == (left: GroupName, right: GroupName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    static func < (left: GroupName, right: GroupName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}

/// The groups of a queue of the reference store, and whose turn it is.
struct Groups: Sendable {
    /// What bounds a group; nil for what is not said.
    typealias Rule = GroupLimits

    struct Group: Sendable {
        var own = Rule()
        var isPaused = false
        /// The jobs that wait, in order.
        var line = Line<JobID>()
        var active = 0
        /// The window of its rate: its end, and how many jobs began in it.
        var windowEnd: Timestamp?
        var begun = 0
        /// Where it stands among those that may run; nil while it may not.
        var turn: Int64?
        /// When it is looked at again, while it has jobs and may not run.
        var rest: Timestamp?

        var isListed: Bool { !line.isEmpty || active > 0 || isPaused || own != Rule() }
    }

    /// How long a group that has all its places taken is not looked at, unless something happens to it.
    static let placeWait: Duration = .seconds(5)
    /// How many groups that rested one claim looks at.
    static let wakesPerClaim = 50

    private(set) var named: [GroupName: Group] = [:]
    private(set) var defaults = Rule()
    private var clock: Int64 = 0
    private var plain: Int64 = 0
    private var ring = TurnHeap()
    private var resting: Set<GroupName> = []

    func rule(of group: Group) -> Rule {
        Rule(
            weight: group.own.weight ?? defaults.weight, concurrency: group.own.concurrency ?? defaults.concurrency,
            rate: group.own.rate ?? defaults.rate)
    }

    // MARK: Coming and going

    mutating func enter(_ name: GroupName, _ id: JobID, at place: Place, now: Timestamp) {
        named[name, default: Group()].line.insert(id, at: place)
        refresh(name, now)
    }

    mutating func leave(_ name: GroupName, from place: Place, now: Timestamp) {
        change(name) { $0.line.remove(at: place) }
        refresh(name, now)
    }

    /// Counts jobs that become active, or are so no more.
    mutating func countActive(_ name: GroupName, by difference: Int, now: Timestamp) {
        named[name, default: Group()].active += difference
        refresh(name, now)
    }

    /// Whether groups may run that could not before is told by the answer.
    @discardableResult
    mutating func set(_ setting: GroupSetting, of name: GroupName?, now: Timestamp) -> Bool {
        guard let name else {
            Self.set(setting, in: &defaults)
            for name in resting { change(name) { $0.rest = now } }
            return true
        }
        var group = named[name] ?? Group()
        switch setting {
        case .pause: group.isPaused = true
        case .resume: group.isPaused = false
        case .rate(let rate):
            if rate != group.own.rate { (group.windowEnd, group.begun) = (nil, 0) }
            group.own.rate = rate
        case .weight, .concurrency: Self.set(setting, in: &group.own)
        }
        group.rest = nil
        named[name] = group
        refresh(name, now)
        return true
    }

    private static func set(_ setting: GroupSetting, in rule: inout Rule) {
        switch setting {
        case .weight(let weight): rule.weight = weight
        case .concurrency(let most): rule.concurrency = most
        case .rate(let rate): rule.rate = rate
        case .pause, .resume: break
        }
    }

    // MARK: Turns

    /// Looks again at groups whose rest is over.
    mutating func wake(now: Timestamp) {
        let over = resting.filter { named[$0]?.rest.map { $0 <= now } ?? true }
        for name in over.sorted(by: { (named[$0]?.rest ?? now, $0) < (named[$1]?.rest ?? now, $1) })
            .prefix(Self.wakesPerClaim)
        {
            change(name) { $0.rest = nil }
            resting.remove(name)
            refresh(name, now)
        }
    }

    /// When the first group that rests is looked at again.
    var earliestRest: Timestamp? { resting.compactMap { named[$0]?.rest }.min() }

    /// The group whose turn it is, if any may run.
    private mutating func first() -> GroupName? {
        while let entry = ring.first {
            if named[entry.name]?.turn == entry.turn { return entry.name }
            ring.removeFirst()
        }
        return nil
    }

    /// Who has the next turn: a group, whose first job is told; or, with nil, the jobs without one, when there are any.
    mutating func nextTurn(hasPlain: Bool) -> (name: GroupName, job: JobID)? {
        guard let name = first(), let group = named[name], let turn = group.turn, let job = group.line.first else {
            return nil
        }
        if hasPlain, max(plain, clock) <= turn {
            clock = max(plain, clock)
            plain = clock + 5040
            return nil
        }
        clock = turn
        stand(name, at: turn + stride(of: group))
        return (name, job.value)
    }

    /// Counts a job that begins.
    mutating func begin(_ name: GroupName, now: Timestamp) {
        guard let group = named[name], let rate = rule(of: group).rate else { return }
        change(name) { group in
            if group.windowEnd.map({ $0 <= now || $0 - now > rate.per }) ?? true {
                group.begun = 0
                group.windowEnd = now + rate.per
            }
            group.begun += 1
        }
    }

    private func stride(of group: Group) -> Int64 { 5040 / Int64(min(max(rule(of: group).weight ?? 1, 1), 100)) }

    private mutating func stand(_ name: GroupName, at turn: Int64) {
        change(name) { $0.turn = turn }
        ring.insert(TurnHeap.Entry(turn: turn, name: name))
    }

    private mutating func change(_ name: GroupName, _ body: (inout Group) -> Void) {
        guard let index = named.index(forKey: name) else { return }
        body(&named.values[index])
    }

    /// Lets a group stand where it belongs: among those that may run, or among those that rest, or nowhere.
    private mutating func refresh(_ name: GroupName, _ now: Timestamp) {
        guard let index = named.index(forKey: name) else { return }
        let group = named.values[index]
        let isIdle = group.line.isEmpty || group.isPaused
        if let end = isIdle ? nil : endOfRest(of: group, now) {
            named.values[index].turn = nil
            named.values[index].rest = end
            resting.insert(name)
            return
        }
        resting.remove(name)
        named.values[index].rest = nil
        if isIdle {
            named.values[index].turn = nil
            if !group.isListed, group.windowEnd.map({ $0 <= now }) ?? true { named[name] = nil }
        } else if group.turn == nil {
            stand(name, at: clock + stride(of: group))
        }
    }

    /// Until when a group may not run, or is not looked at; nil when it may run.
    private func endOfRest(of group: Group, _ now: Timestamp) -> Timestamp? {
        let rule = rule(of: group)
        if let rate = rule.rate, let end = group.windowEnd, end > now, end - now <= rate.per, group.begun >= rate.max {
            return end
        }
        guard let most = rule.concurrency, group.active >= most else { return nil }
        return group.rest ?? now + Self.placeWait
    }
}

/// Where groups stand, the first one on top. An entry is out of date when its group stands elsewhere by now.
struct TurnHeap: Sendable {
    struct Entry: Comparable, Sendable {
        var turn: Int64
        var name: GroupName

        static func < (left: Entry, right: Entry) -> Bool {
            left.turn == right.turn ? left.name < right.name : left.turn < right.turn
        }
    }

    private var entries: [Entry] = []

    var first: Entry? { entries.first }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var index = entries.count - 1
        while index > 0, entries[index] < entries[(index - 1) / 2] {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var index = 0
        while true {
            let children = (2 * index + 1)..<max(min(2 * index + 3, entries.count), 2 * index + 1)
            guard let least = children.min(by: { entries[$0] < entries[$1] }),
                entries[least] < entries[index]
            else { return }
            entries.swapAt(index, least)
            index = least
        }
    }
}
