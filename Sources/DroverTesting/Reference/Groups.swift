import DroverCore

/// The name of a group, by its bytes.
struct GroupName: Hashable, Comparable, Sendable {
    let text: String

    /// Nil for a text that names no group.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        self.text = text
    }

    static func == (left: GroupName, right: GroupName) -> Bool { left.text.hasSameBytes(as: right.text) }

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
        /// That of its rate.
        var window = Window()
        /// Where it stands among those that may run; nil while it may not.
        var turn: Int64?
        /// Until when it may not run, while it has jobs; ``Groups/untilPlace`` where it waits for a place and no time.
        var rest: Timestamp?

        var isListed: Bool { !line.isEmpty || active > 0 || isPaused || own != Rule() }
    }

    /// The rest of a group all of whose places are taken: one that is left ends it.
    static let untilPlace = Timestamp(milliseconds: .max)
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
            if rate != group.own.rate { group.window = Window() }
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

    /// When the first group that rests for a time is looked at again.
    var earliestRest: Timestamp? {
        resting.compactMap { named[$0]?.rest }.filter { $0 != Self.untilPlace }.min()
    }

    /// The group whose turn it is, if any may run.
    private mutating func first(_ now: Timestamp) -> GroupName? {
        while let entry = ring.first {
            if let group = named[entry.name], group.turn == entry.turn {
                if endOfRest(of: group, now) == nil { return entry.name }
                // It came to stand there before a setting of all groups was changed.
                refresh(entry.name, now)
            }
            ring.removeFirst()
        }
        return nil
    }

    /// Who has the next turn: a group, whose first job is told; or, with nil, the jobs without one, when there are any.
    mutating func nextTurn(hasPlain: Bool, now: Timestamp) -> (name: GroupName, job: JobID)? {
        guard let name = first(now), let group = named[name], let turn = group.turn, let job = group.line.first else {
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
        change(name) { $0.window.begin(in: rate.per, at: now) }
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
            if !group.isListed, group.window.isOver(nil, at: now) { named[name] = nil }
        } else if group.turn == nil {
            stand(name, at: clock + stride(of: group))
        }
    }

    /// Until when a group may not run; nil when it may.
    private func endOfRest(of group: Group, _ now: Timestamp) -> Timestamp? {
        let rule = rule(of: group)
        if let rate = rule.rate, group.window.begun >= rate.max, !group.window.isOver(rate.per, at: now) {
            return group.window.end
        }
        guard let most = rule.concurrency, group.active >= most else { return nil }
        return Self.untilPlace
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
