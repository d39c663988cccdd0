import DroverCore

extension WriteSession {
    func apply(_ commands: [JobCommand]) throws(StoreError) -> [CommandResult] {
        var results: [CommandResult] = []
        results.reserveCapacity(commands.count)
        for command in commands { results.append(try apply(command)) }
        return results
    }

    private func apply(_ command: JobCommand) throws(StoreError) -> CommandResult {
        if let problem = command.problem { return .refused(problem) }
        guard let turn = try turn(command.key.queue), let row = try job(command.key.id, turn) else { return .notFound }
        return try apply(command, row, turn)
    }

    private func apply(_ command: JobCommand, _ row: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        switch command {
        case .when(let state, let command):
            return row.record.state == state ? try apply(command, row, turn) : .wrongState(row.record.state)
        case .retry(_, let resetAttempts): return try retry(row, resetAttempts, turn)
        case .promote: return try promote(row, turn)
        case .remove: return try remove(row, turn)
        case .cancel: return try cancel(row, turn)
        case .changePriority(_, let priority, let lifo):
            return try changePriority(row, Int64(priority), lifo: lifo, turn)
        case .changeDelay(_, let delay): return try changeDelay(row, delay, turn)
        case .updatePayload(_, let payload):
            try set(SQL.setPayload, row.seq, payload.text)
            return .done
        case .removeFlow: return try removeFlow(row, turn)
        case .removeUnprocessedChildren: return try removeUnprocessedChildren(row)
        case .detach: return try detach(row, turn)
        case .copy(_, let copy, let removesJob):
            if removesJob { return try replace(row, by: copy, turn) }
            try self.copy(row, as: copy)
            return .done
        }
    }

    private func retry(_ row: JobRow, _ resetAttempts: Bool, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        guard row.record.state.isFinished else { return .wrongState(row.record.state) }
        let isFirst = row.record.priority == 0 && row.record.options.lifo
        let isGrouped = row.annexes.isGrouped
        let isAwaiting = try waitsAgain(row)
        let place =
            if isAwaiting {
                Place(state: StateCode.waitingChildren, rank: now, place: nextNumber())
            } else if isFirst {
                atTheFront(0, isGrouped: isGrouped)
            } else {
                atTheBack(Int64(row.record.priority), isGrouped: isGrouped)
            }
        let update = try statement(SQL.retryJob)
        update.bind(1, row.seq)
        update.bind(2, place.state)
        update.bind(3, place.rank)
        update.bind(4, place.place)
        update.bind(5, resetAttempts)
        try update.run()
        if resetAttempts, row.annexes.hasSteps { try removeSteps(of: row.seq) }
        if row.annexes.hasParent { try tellParents(of: row.seq, StoredID(row), .runsAgain, turn) }
        if isAwaiting {
            try setWaitDelay(nil, of: row.seq)
            turn.moved(from: StateCode.code(row.record.state), to: place.state)
            turn.emit(.waitingChildren(from: row.record.state), StoredID(row))
        } else {
            try putBack(row, to: place, turn)
        }
        return .done
    }

    private func promote(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        guard row.record.state == .delayed else { return .wrongState(row.record.state) }
        let place = atTheBack(Int64(row.record.priority), isGrouped: row.annexes.isGrouped)
        try move(row.seq, to: place)
        try putBack(row, to: place, turn)
        return .done
    }

    private func putBack(_ row: JobRow, to place: Place, _ turn: QueueTurn) throws(StoreError) {
        turn.moved(from: StateCode.code(row.record.state), to: place.state)
        if row.annexes.isGrouped { try regroup(row.seq, from: nil, to: place, turn) }
        turn.emit(.waiting(from: row.record.state), StoredID(row))
        turn.wakesWork = true
    }

    func remove(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        let state = row.record.state
        guard state != .active else { return .wrongState(.active) }
        if try isPending(row, turn) { return .refused(.nextRun) }
        try freeDeduplication(of: row.record.key.id, row.annexes, turn)
        try remove(row.seq, state: StateCode.code(state), row.annexes, turn)
        turn.emit(.removed(from: state), StoredID(row))
        return .done
    }

    private func cancel(_ row: JobRow, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        switch row.record.state {
        case .completed, .failed: return .wrongState(row.record.state)
        case .active:
            let update = try statement(SQL.requestCancel)
            update.bind(1, row.seq)
            try update.run()
            turn.requestedCancel()
            turn.emit(.cancelRequested, StoredID(row))
            return .requested
        case .waiting, .prioritized, .grouped, .delayed, .waitingChildren:
            try endDeduplication(of: row.record.key.id, row.annexes, turn)
            if row.annexes.hasParent {
                try tellParents(of: row.seq, StoredID(row), .failed(reason: Failure.cancelledReason), turn)
            }
            if row.record.state == .waitingChildren { try setWaitDelay(nil, of: row.seq) }
            let update = try statement(SQL.cancelJob)
            update.bind(1, row.seq)
            update.bind(2, now)
            update.bind(3, nextNumber())
            update.bind(4, Failure.cancelledReason)
            try update.run()
            turn.moved(from: StateCode.code(row.record.state), to: StateCode.failed)
            if row.annexes.isGrouped {
                try regroup(row.seq, from: StateCode.code(row.record.state), to: nil, turn)
            }
            turn.emit(.failed(Failure.cancelledReason), StoredID(row))
            return .done
        }
    }

    private func changePriority(
        _ row: JobRow, _ priority: Int64, lifo: Bool, _ turn: QueueTurn
    ) throws(StoreError) -> CommandResult {
        let state = row.record.state
        let isGrouped = row.annexes.isGrouped
        let isReady = state == .waiting || state == .prioritized || state == .grouped
        let place =
            isReady
            ? (lifo ? atTheFront(priority, isGrouped: isGrouped) : atTheBack(priority, isGrouped: isGrouped))
            : Place(state: StateCode.code(state), rank: row.rank, place: row.place)
        let update = try statement(SQL.setPriority)
        update.bind(1, row.seq)
        update.bind(2, priority)
        update.bind(3, place.state)
        update.bind(4, place.rank)
        update.bind(5, place.place)
        try update.run()
        if isReady {
            turn.moved(from: StateCode.code(state), to: place.state)
            if isGrouped { try regroup(row.seq, from: StateCode.code(state), to: place, turn) }
            turn.wakesWork = true
        }
        return .done
    }

    private func changeDelay(_ row: JobRow, _ delay: Duration, _ turn: QueueTurn) throws(StoreError) -> CommandResult {
        guard row.record.state == .delayed else { return .wrongState(row.record.state) }
        let place = delayed(by: delay)
        try move(row.seq, to: place)
        turn.emit(.delayed(until: Timestamp(milliseconds: place.rank)), StoredID(row))
        try wake(place, turn)
        return .done
    }

    func configure(_ settings: [QueueSetting]) throws(StoreError) -> [CommandResult] {
        var results: [CommandResult] = []
        for setting in settings {
            if let problem = setting.problem {
                results.append(.refused(problem))
                continue
            }
            if case .forgetDeduplication(let queue, let id) = setting {
                results.append(try forgetDeduplication(queue, id) ? .done : .notFound)
                continue
            }
            if case .forgetResult(let queue, let name, let key) = setting {
                results.append(try forgetResult(queue, name, key) ? .done : .notFound)
                continue
            }
            let turn = try turnCreating(setting.queue)
            switch setting {
            case .forgetDeduplication, .forgetResult: break  // begin no queue, above
            case .maxLength(_, let most): try setMaxLength(most.map(Int64.init), turn)
            case .concurrency, .rateLimit, .hold: try setLimit(setting, turn)
            case .group(_, let name, let change): try setGroup(name, change, turn)
            case .pause:
                turn.isPaused = true
                turn.emit(.paused)
            case .resume:
                turn.isPaused = false
                turn.emit(.resumed)
                turn.wakesWork = true
            }
            results.append(.done)
        }
        return results
    }

    func setMaxLength(_ most: Int64?, _ turn: QueueTurn) throws(StoreError) {
        let set = try statement(SQL.setMaxLength)
        set.bind(1, turn.number)
        set.bind(2, most)
        try set.run()
        turn.maxLength = most
    }
}
