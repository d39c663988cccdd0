import DroverCore

extension WriteSession {
    func exchange(
        _ queue: QueueName, id: ExchangeID, settle: [Settlement], claim: Claim?
    ) throws(StoreError) -> ExchangeReply {
        guard let turn = try turn(queue) else {
            let settled = settle.map { status(ofUnknown: $0, queue) }
            return ExchangeReply(settled: settled)
        }
        var reply = ExchangeReply(isPaused: turn.isPaused)
        if settle.isEmpty && claim == nil { return reply }
        var isRepeated = false
        var isCut = false
        if let known = try remembered(id, settle, turn) {
            isRepeated = true
            reply.settled = known.settled
            reply.claimed = known.claimed
        } else {
            var work = SettlingWork()
            for settlement in settle { reply.settled.append(try self.settle(settlement, turn, &work)) }
            try retain(work, turn)
            try promote(turn, &work)
            var numbers: [Int64] = []
            if let claim, !turn.isPaused {
                (reply.claimed, numbers, isCut) = try self.claim(claim, token: id.token, turn)
            }
            if work.hasFinished { tellDrained(turn) }
            if work.hasSettled { tellPlace(turn) }
            if work.hasSettled || !reply.claimed.isEmpty {
                try remember(id, lease: claim?.lease, statuses: reply.settled, claims: numbers, turn)
            }
        }
        if let claim, reply.claimed.count < max(1, claim.limit) {
            let due = try earliestDue(turn).map { max($0, now) - now }
            let next =
                isCut ? 0 : isRepeated ? due : try earliestRest(turn).map { min(max($0 - now, 0), due ?? .max) } ?? due
            reply.nextDueIn = (isRepeated ? due : wait(next, claim, turn)).map { .milliseconds($0) }
        }
        return reply
    }

    /// Settles one attempt and does what an exchange does with it, but claims nothing and remembers nothing.
    func settle(_ settlement: Settlement) throws(StoreError) -> SettlementStatus {
        let queue = settlement.lease.job.queue
        guard let turn = try turn(queue) else { return status(ofUnknown: settlement, queue) }
        var work = SettlingWork()
        let status = try settle(settlement, turn, &work)
        guard work.hasSettled else { return status }
        try retain(work, turn)
        try promote(turn, &work)
        if work.hasFinished { tellDrained(turn) }
        tellPlace(turn)
        return status
    }

    private func tellDrained(_ turn: QueueTurn) {
        if turn.ready == 0, turn.count(StateCode.active) == 0 {
            turn.emit(.drained)
        }
    }

    private func status(ofUnknown settlement: Settlement, _ queue: QueueName) -> SettlementStatus {
        settlement.problem(in: queue).map { .refused($0) } ?? .leaseLost
    }

    /// Makes due jobs claimable, a bounded number of them, once in an exchange.
    func promote(_ turn: QueueTurn, _ work: inout SettlingWork) throws(StoreError) {
        if work.hasPromoted { return }
        work.hasPromoted = true
        if turn.count(StateCode.delayed) == 0 { return }
        let select = try statement(.selectDue)
        select.bind(1, turn.number)
        select.bind(2, now)
        select.bind(3, 1000)
        var due: [(seq: Int64, own: String?, priority: Int64, isGrouped: Bool)] = []
        while try select.step() {
            let isGrouped = select.int(3) & JobAnnexes.groupBit != 0
            due.append((select.int(0), select.optionalText(1), select.int(2), isGrouped))
        }
        for job in due {
            let place = atTheBack(job.priority, isGrouped: job.isGrouped)
            try move(job.seq, to: place)
            turn.moved(from: StateCode.delayed, to: place.state)
            if job.isGrouped { try regroup(job.seq, from: nil, to: place, turn) }
            turn.emit(.waiting(from: .delayed), StoredID(seq: job.seq, own: job.own))
            turn.wakesWork = true
        }
    }

    func move(_ seq: Int64, to place: Place) throws(StoreError) {
        let move = try statement(SQL.moveJob)
        move.bind(1, seq)
        move.bind(2, place.state)
        move.bind(3, place.rank)
        move.bind(4, place.place)
        try move.run()
    }

    private func claim(_ claim: Claim, token: LeaseToken, _ turn: QueueTurn) throws(StoreError) -> (
        [ClaimedJob], numbers: [Int64], isCut: Bool
    ) {
        if turn.ready == 0 { return ([], [], isCut: false) }
        try wakeGroups(turn)
        let room = room(for: claim, turn)
        if room == 0 { return ([], [], isCut: false) }
        let select = try statement(.selectReady)
        select.bind(1, turn.number)
        select.bind(2, room)
        defer { select.reset() }
        var rows: [JobRow] = []
        while try select.step() { rows.append(try JobRow(select, queue: turn.name, options: &options)) }
        var isCut = false
        if turn.count(StateCode.grouped) > 0 { (rows, isCut) = try takeTurns(room, plain: rows, turn) }
        for index in rows.indices where rows[index].annexes.completesRecord { try fillSteps(of: &rows[index]) }
        if turn.limits != nil || claim.rate != nil {
            countBegun(rows.count { $0.record.deferredFailure == nil }, claim, turn)
        }
        let activate = try statement(.activateJob)
        activate.bind(2, expiry(of: claim.lease))
        activate.bind(4, token.text)
        activate.bind(5, claim.worker)
        activate.bind(6, now)
        var claimed: [ClaimedJob] = []
        claimed.reserveCapacity(rows.count)
        for var row in rows {
            activate.bind(1, row.seq)
            activate.bind(3, nextNumber())
            try activate.run()
            turn.moved(from: StateCode.code(row.record.state), to: StateCode.active)
            turn.emit(.active, StoredID(row))
            row.record.state = .active
            row.record.attemptsStarted += 1
            row.record.processedAt = Timestamp(milliseconds: now)
            row.record.worker = claim.worker
            var job = ClaimedJob(
                job: row.record, lease: Lease(job: row.record.key, token: token, duration: claim.lease),
                leaseFor: claim.lease)
            if row.record.options.resultCache != nil { job.cachedResult = try cachedResult(for: row.record) }
            claimed.append(job)
        }
        return (claimed, rows.map(\.seq), isCut)
    }
}

extension StoredID {
    /// The id of a row: its number when that is its id.
    init(_ row: JobRow) {
        switch JobReference(row.record.key.id) {
        case .generated(let seq): self = .generated(seq)
        case .own(let text): self = .own(text)
        }
    }
}
