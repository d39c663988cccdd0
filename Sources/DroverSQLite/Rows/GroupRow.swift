import DroverCore

/// What bounds a group, or all groups that say nothing else; nil for what is not said. Spans are in ms.
struct GroupRule: Equatable {
    var weight: Int64?
    var concurrency: Int64?
    var rateMax: Int64?
    var rateSpan: Int64?

    /// Reads four columns.
    init(_ row: Statement, from column: Int32) {
        weight = row.optionalInt(column)
        concurrency = row.optionalInt(column + 1)
        rateMax = row.optionalInt(column + 2)
        rateSpan = row.optionalInt(column + 3)
    }

    init() {}

    /// The rule with what it does not say from another one.
    func or(_ other: GroupRule) -> GroupRule {
        var rule = self
        rule.weight = weight ?? other.weight
        rule.concurrency = concurrency ?? other.concurrency
        if rateMax == nil { (rule.rateMax, rule.rateSpan) = (other.rateMax, other.rateSpan) }
        return rule
    }

    var rate: GroupRate? {
        guard let rateMax, let rateSpan else { return nil }
        return GroupRate(max: Int(rateMax), per: .milliseconds(rateSpan))
    }

    var limits: GroupLimits {
        GroupLimits(weight: weight.map { Int($0) }, concurrency: concurrency.map { Int($0) }, rate: rate)
    }

    mutating func set(_ setting: GroupSetting) {
        switch setting {
        case .weight(let weight): self.weight = weight.map(Int64.init)
        case .concurrency(let most): concurrency = most.map(Int64.init)
        case .rate(let rate): (rateMax, rateSpan) = (rate.map { Int64($0.max) }, rate?.per.wholeMilliseconds)
        case .pause, .resume: break
        }
    }

    func bind(to save: Statement, from index: Int32) {
        save.bind(index, weight)
        save.bind(index + 1, concurrency)
        save.bind(index + 2, rateMax)
        save.bind(index + 3, rateSpan)
    }
}

/// A row of `drover_groups`.
struct GroupRow {
    let name: String
    var own = GroupRule()
    var isPaused = false
    var waiting: Int64 = 0
    var active: Int64 = 0
    /// That of its rate.
    var window = Window()
    /// Where it stands among those that may run; nil while it may not.
    var turn: Int64?
    /// Until when it may not run, while it has jobs; ``untilPlace`` where it waits for a place and no time.
    var rest: Int64?

    /// The rest of a group all of whose places are taken: one that is left ends it.
    static let untilPlace = Int64.max

    init(name: String) { self.name = name }

    /// Reads a row of `load-group.sql` and its siblings.
    init(_ row: Statement) {
        name = row.text(0)
        own = GroupRule(row, from: 1)
        isPaused = row.bool(5)
        waiting = row.count(6)
        active = row.count(7)
        window = Window(end: row.optionalInt(8).map { Timestamp(milliseconds: $0) }, begun: Int(row.count(9)))
        turn = row.optionalInt(10)
        rest = row.optionalInt(11)
    }

    /// Whether it has jobs or a setting of its own.
    var isListed: Bool { waiting > 0 || active > 0 || isPaused || own != GroupRule() }

    func save(_ queue: Int64, by save: Statement) throws(StoreError) {
        save.bind(1, queue)
        save.bind(2, name)
        own.bind(to: save, from: 3)
        save.bind(7, isPaused)
        save.bind(8, waiting)
        save.bind(9, active)
        save.bind(10, window.end?.milliseconds)
        save.bind(11, Int64(window.begun))
        save.bind(12, turn)
        save.bind(13, rest)
        save.bind(14, isListed ? nil : window.end?.milliseconds)
        try save.run()
    }

    func summary(_ turns: GroupTurns) -> GroupSummary {
        let rule = own.or(turns.defaults)
        return GroupSummary(
            name: name, waiting: Int(waiting), active: Int(active), isPaused: isPaused,
            weight: rule.weight.map { Int($0) } ?? 1, concurrency: rule.concurrency.map { Int($0) }, rate: rule.rate,
            own: own.limits)
    }

    /// Counts a job that begins.
    mutating func begin(_ turns: GroupTurns, at now: Int64) {
        guard let span = own.or(turns.defaults).rateSpan else { return }
        window.begin(in: .milliseconds(span), at: Timestamp(milliseconds: now))
    }

    /// Lets it stand where it belongs: among those that may run, or among those that rest, or nowhere.
    ///
    /// - Returns: whether it may run now and could not before.
    mutating func refresh(_ turns: GroupTurns, at now: Int64) -> Bool {
        let isIdle = waiting == 0 || isPaused
        if let end = isIdle ? nil : endOfRest(turns, at: now) {
            (turn, rest) = (nil, end)
            return false
        }
        rest = nil
        if isIdle {
            turn = nil
            return false
        }
        if turn != nil { return false }
        turn = turns.clock.entry(ofWeight: own.or(turns.defaults).weight ?? 1)
        return true
    }

    /// Until when it may not run; nil when it may.
    func endOfRest(_ turns: GroupTurns, at now: Int64) -> Int64? {
        let rule = own.or(turns.defaults)
        if let rate = rule.rate, window.begun >= rate.max,
            !window.isOver(rate.per, at: Timestamp(milliseconds: now))
        {
            return window.end?.milliseconds
        }
        guard let most = rule.concurrency, active >= most else { return nil }
        return Self.untilPlace
    }
}

/// A row of `drover_turns`: the clock of a queue's turns, and what bounds its groups that say nothing else.
struct GroupTurns {
    var clock = TurnClock()
    var defaults = GroupRule()

    init() {}

    /// By a fresh `load-turns.sql`.
    init(of queue: Int64, _ load: Statement) throws(StoreError) {
        load.bind(1, queue)
        guard try load.step() else { return }
        clock = TurnClock(now: load.int(0), plain: load.int(1))
        defaults = GroupRule(load, from: 2)
        load.reset()
    }

    func save(_ queue: Int64, by save: Statement) throws(StoreError) {
        save.bind(1, queue)
        save.bind(2, clock.now)
        save.bind(3, clock.plain)
        defaults.bind(to: save, from: 4)
        try save.run()
    }
}
