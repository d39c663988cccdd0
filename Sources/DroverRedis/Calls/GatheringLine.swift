/// Which calls go out at once and which wait to go out together.
///
/// A few callers never wait for each other: each call goes out alone and at once. Of many callers few calls are under way
/// at a time; those that come meanwhile gather, and go out as one when an answer comes. `docs/benchmarks.md` has the rates
/// with other numbers.
struct GatheringLine<Call> {
    /// Up to so many callers are few; so many calls of few callers are under way at a time.
    static var few: Int { 16 }

    /// How many calls of many callers are under way at a time.
    static var width: Int { 4 }

    /// The most that goes out as one, in the unit of the sizes; a call that is larger goes alone.
    static var largest: Int { 256 * 1024 }

    /// After so many answers the most callers of the time before are forgotten.
    static var memory: Int { 64 }

    private var callsUnderWay = 0
    private var callersUnderWay = 0
    private var waiting: [(call: Call, size: Int)] = []
    /// The most callers at a time: of now, and of the time before. Callers who are answered together come again
    /// together, so what is under way at one moment says little of how many there are.
    private var most = 0
    private var mostBefore = 0
    private var answers = 0

    /// Nothing is under way and nothing waits.
    var isIdle: Bool { callsUnderWay == 0 && waiting.isEmpty }

    private var isOpen: Bool { callsUnderWay < (max(most, mostBefore) > Self.few ? Self.width : Self.few) }

    /// How many calls wait.
    var waitingCount: Int { waiting.count }

    /// Takes a call of a size; true when it is to go out at once, otherwise it waits for ``answered(callers:)``.
    mutating func arrive(_ call: Call, size: Int) -> Bool {
        most = max(most, callersUnderWay + waiting.count + 1)
        // Who waits already goes first.
        guard waiting.isEmpty, isOpen else {
            waiting.append((call, size))
            return false
        }
        callsUnderWay += 1
        callersUnderWay += 1
        return true
    }

    /// An answer for so many callers came: the calls that are to go out as one now, in the order in which they came.
    mutating func answered(callers: Int) -> [Call] {
        callsUnderWay -= 1
        callersUnderWay -= callers
        answers += 1
        if answers == Self.memory { (mostBefore, most, answers) = (most, 0, 0) }
        guard !waiting.isEmpty, isOpen else { return [] }
        var room = Self.largest
        let fitting = waiting.prefix { next in
            room -= next.size
            return room >= 0
        }.count
        let next = waiting.prefix(max(fitting, 1)).map(\.call)
        waiting.removeFirst(next.count)
        callsUnderWay += 1
        callersUnderWay += next.count
        return next
    }

    /// Gives up all calls that wait, in the order in which they came.
    mutating func takeWaiting() -> [Call] {
        defer { waiting = [] }
        return waiting.map(\.call)
    }
}
