/// Shares a number of permits fairly among those who want them.
///
/// Pure. Who gets less than it wants stands in line, and while somebody stands there nobody else is given anything. The
/// first in line is given its part of what is free, and lines up again for the rest.
struct CapState {
    /// How many permits there are.
    private(set) var limit: Int
    private(set) var used = 0
    private var line: [Int] = []
    /// Who has been told that it may take some, and has not come yet.
    private var called: Set<Int> = []

    init(limit: Int) { self.limit = max(1, limit) }

    private var free: Int { max(0, limit - used) }

    /// Takes permits back from a member, and gives it new ones.
    ///
    /// - Parameters:
    ///   - member: who asks.
    ///   - returned: how many of its permits it does not use.
    ///   - wanted: how many it could use now; 0 takes it out of the line.
    /// - Returns: how many it is given.
    mutating func balance(_ member: Int, returning returned: Int, wanting wanted: Int) -> Int {
        called.remove(member)
        used -= returned
        let isNext = line.first == member
        guard wanted > 0 else {
            line.removeAll { $0 == member }
            return 0
        }
        guard free > 0, line.isEmpty || isNext else {
            if !line.contains(member) { line.append(member) }
            return 0
        }
        if isNext { line.removeFirst() }
        let given = min(wanted, max(1, free / (line.count + 1)))
        used += given
        if given < wanted { line.append(member) }
        return given
    }

    /// Who is to be told that it may take permits, if there are any and somebody waits. Told once until it comes.
    mutating func next(but member: Int?) -> Int? {
        guard free > 0, let first = line.first, first != member, called.insert(first).inserted else { return nil }
        return first
    }

    /// There are so many permits from now on. Those that are out beyond it stay out until they are returned.
    mutating func resize(to limit: Int) { self.limit = max(1, limit) }
}
