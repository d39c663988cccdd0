import DroverCore

/// Jobs that wait in groups, and whose turn it is.
extension WriteSession {
    /// How many groups that rested one claim looks at, and how many that stand though they may not run.
    private static let wakesPerClaim: Int64 = 50

    // MARK: Coming and going

    /// Notes the group of a job that has been stored, if it has one.
    func joinGroup(of options: JobOptions, _ seq: Int64) throws(StoreError) {
        guard let group = options.group, !group.isEmpty else { return }
        let note = try statement(SQL.markGroup)
        note.bind(1, seq)
        note.bind(2, group)
        try note.run()
    }

    /// A job with a group has moved: it counts there no more as what it was, and from now on as what it is.
    ///
    /// - Parameters:
    ///   - old: the state it was in; nil for a new job.
    ///   - place: where it stands now; nil when it is about to be removed, or only its state counts.
    ///   - state: the state it is in now; nil for that of `place`.
    func regroup(
        _ seq: Int64, from old: Int64?, to place: Place?, state: Int64? = nil, _ turn: QueueTurn
    ) throws(StoreError) {
        let new = state ?? place?.state
        guard Self.counts(old) || Self.counts(new) else { return }
        let read = try statement(SQL.readGroup)
        read.bind(1, seq)
        guard try read.step(), let name = read.optionalText(0) else { return }
        read.reset()
        if Self.counts(old) {
            try change(name, turn) { group in
                if old == StateCode.grouped { group.waiting -= 1 } else { group.active -= 1 }
            }
        }
        guard Self.counts(new) else { return }
        if let place = place?.inGroup {
            let enter = try statement(SQL.placeInGroup)
            enter.bind(1, seq)
            enter.bind(2, place.rank)
            enter.bind(3, place.place)
            try enter.run()
        }
        try change(name, turn) { group in
            if new == StateCode.grouped { group.waiting += 1 } else { group.active += 1 }
        }
    }

    private static func counts(_ state: Int64?) -> Bool { state == StateCode.grouped || state == StateCode.active }

    func setGroup(_ name: String?, _ setting: GroupSetting, _ turn: QueueTurn) throws(StoreError) {
        var turns = try turns(of: turn)
        turn.wakesWork = true
        guard let name else {
            turns.defaults.set(setting)
            turn.turns = turns
            let end = try statement(SQL.endRests)
            end.bind(1, turn.number)
            end.bind(2, now)
            try end.run()
            return
        }
        try change(name, turn) { group in
            let old = group.own.rate
            group.own.set(setting)
            switch setting {
            case .pause: group.isPaused = true
            case .resume: group.isPaused = false
            case .rate: if group.own.rate != old { group.window = Window() }
            case .weight, .concurrency: break
            }
            group.rest = nil
        }
    }

    /// Forgets the groups of a queue that has no jobs any more.
    func forgetGroups(_ turn: QueueTurn) throws(StoreError) {
        for sql in [SQL.deleteGroups, SQL.deleteTurns] {
            let delete = try statement(sql)
            delete.bind(1, turn.number)
            try delete.run()
        }
        turn.know(nil)
    }

    // MARK: Turns

    /// Looks again at groups whose rest is over, and forgets a few that are needed no more.
    func wakeGroups(_ turn: QueueTurn) throws(StoreError) {
        if turn.count(StateCode.grouped) == 0 { return }
        let list = try statement(SQL.listRestedGroups)
        list.bind(1, turn.number)
        list.bind(2, now)
        list.bind(3, Self.wakesPerClaim)
        var names: [String] = []
        while try list.step() { names.append(list.text(0)) }
        for name in names { try change(name, turn) { $0.rest = nil } }
        let forget = try statement(SQL.forgetIdleGroups)
        forget.bind(1, turn.number)
        forget.bind(2, now)
        try forget.run()
    }

    /// The next jobs by turns of the groups and of the jobs without one, of which `plain` are the first. Those of groups have
    /// left them.
    ///
    /// - Returns: the jobs, and whether there may be more: so many groups were passed over that it ended early.
    func takeTurns(
        _ room: Int64, plain: [JobRow], _ turn: QueueTurn
    ) throws(StoreError) -> ([JobRow], isCut: Bool) {
        var taken: [JobRow] = []
        var passedOver: Int64 = 0
        var rest = plain[...]
        // By bytes, as names are told apart.
        var passed: [[UInt8]: Int64] = [:]
        while taken.count < room {
            guard let name = try firstTurn(turn), let group = try group(name, turn), let place = group.turn else {
                // Without groups that may run, turns are not counted.
                taken += rest.prefix(Int(room) - taken.count)
                break
            }
            var turns = try turns(of: turn)
            if group.endOfRest(turns, at: now) != nil {
                // It came to stand there before a setting of all groups was changed.
                passedOver += 1
                if passedOver > Self.wakesPerClaim { return (taken, isCut: true) }
                try change(name, turn) { _ in }
                continue
            }
            if !rest.isEmpty, turns.clock.isPlainFirst(before: place) {
                turns.clock.passPlain()
                turn.turns = turns
                taken.append(rest.removeFirst())
                continue
            }
            let select = try statement(SQL.selectInGroup)
            select.bind(1, turn.number)
            select.bind(2, name)
            select.bind(3, passed[Array(name.utf8)] ?? 0)
            guard try select.step() else {
                throw StoreError(
                    .corrupt, "a group of \(turn.name) counts jobs that are not there; the file is damaged")
            }
            let row = try JobRow(select, queue: turn.name, options: &options)
            select.reset()
            passed[Array(name.utf8), default: 0] += 1
            let rule = group.own.or(turns.defaults)
            let next = turns.clock.pass(place, weight: rule.weight ?? 1)
            turn.turns = turns
            let counts = row.record.deferredFailure == nil
            let instant = now
            try change(name, turn) { group in
                group.turn = next
                group.waiting -= 1
                group.active += 1
                if counts { group.begin(turns, at: instant) }
            }
            taken.append(row)
        }
        return (taken, isCut: false)
    }

    private func firstTurn(_ turn: QueueTurn) throws(StoreError) -> String? {
        let first = try statement(SQL.firstTurn)
        first.bind(1, turn.number)
        guard try first.step() else { return nil }
        defer { first.reset() }
        return first.text(0)
    }

    /// When the first group that rests for a time is looked at again.
    func earliestRest(_ turn: QueueTurn) throws(StoreError) -> Int64? {
        if turn.count(StateCode.grouped) == 0 || turn.isPaused { return nil }
        let first = try statement(SQL.earliestRest)
        first.bind(1, turn.number)
        guard try first.step() else { return nil }
        defer { first.reset() }
        return first.int(0) == GroupRow.untilPlace ? nil : first.int(0)
    }

    // MARK: Rows

    private func turns(of turn: QueueTurn) throws(StoreError) -> GroupTurns {
        if let known = turn.turns { return known }
        let turns = try GroupTurns(of: turn.number, statement(SQL.loadTurns))
        turn.know(turns)
        return turns
    }

    private func group(_ name: String, _ turn: QueueTurn) throws(StoreError) -> GroupRow? {
        let load = try statement(SQL.loadGroup)
        load.bind(1, turn.number)
        load.bind(2, name)
        guard try load.step() else { return nil }
        defer { load.reset() }
        return GroupRow(load)
    }

    /// Changes a group and lets it stand where it belongs then. One that may run now wakes.
    private func change(_ name: String, _ turn: QueueTurn, _ body: (inout GroupRow) -> Void) throws(StoreError) {
        var group = try group(name, turn) ?? GroupRow(name: name)
        body(&group)
        if try group.refresh(turns(of: turn), at: now) { turn.wakesWork = true }
        guard group.isListed || !group.window.isOver(nil, at: Timestamp(milliseconds: now)) else {
            let delete = try statement(SQL.deleteGroup)
            delete.bind(1, turn.number)
            delete.bind(2, name)
            try delete.run()
            return
        }
        try group.save(turn.number, by: statement(SQL.saveGroup))
    }
}

extension ReadSession {
    /// The jobs that wait in a group, in the order of its turns.
    func jobs(inGroup name: String, of queue: QueueName, _ page: Page) throws(StoreError) -> JobPage {
        let isAscending = page.order == .ascending
        let cursor = try page.after.map(PlaceCursor.init) ?? (isAscending ? .first : .last)
        guard let turn = try turn(queue) else { return JobPage(jobs: []) }
        let select = try statement(isAscending ? SQL.listGroupAscending : SQL.listGroupDescending)
        select.bind(1, turn.number)
        select.bind(2, name)
        select.bind(3, cursor.rank)
        select.bind(4, cursor.place)
        select.bind(5, Int64(page.limit))
        var found = JobPage(jobs: [])
        var last: PlaceCursor?
        while try select.step() {
            last = PlaceCursor(rank: select.int(25), place: select.int(26))
            var row = try JobRow(select, queue: queue, options: &options)
            try fillSteps(of: &row)
            found.jobs.append(row.record)
        }
        if found.jobs.count == page.limit { found.next = last?.page }
        return found
    }

    /// The groups of a queue, by name; a cursor is the name of the last one.
    func groups(of queue: QueueName, _ page: Page) throws(StoreError) -> JobPage {
        if page.after?.text.isEmpty == true {
            throw StoreError(.invalid, "a cursor is empty; use one that a page returned")
        }
        guard let turn = try turn(queue) else { return JobPage(jobs: []) }
        let turns = try GroupTurns(of: turn.number, statement(SQL.loadTurns))
        let isAscending = page.order == .ascending
        let list = try statement(isAscending ? SQL.listGroupsAscending : SQL.listGroupsDescending)
        list.bind(1, turn.number)
        list.bind(2, page.after?.text ?? (isAscending ? "" : nil))
        list.bind(3, Int64(page.limit))
        var found = JobPage(jobs: [])
        found.everyGroup = turns.defaults.limits
        while try list.step() { found.groups.append(GroupRow(list).summary(turns)) }
        if found.groups.count == page.limit { found.next = found.groups.last.map { PageCursor($0.name) } }
        return found
    }
}
