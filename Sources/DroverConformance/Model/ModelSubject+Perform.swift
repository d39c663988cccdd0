import DroverCore

/// Doing operations.
extension ModelSubject {
    mutating func perform(_ operation: ModelOperation) async throws -> ModelAnswer {
        do {
            return try await answer(operation)
        } catch let error as StoreError {
            return .threw(error.code, error.message)
        }
    }

    private mutating func answer(_ operation: ModelOperation) async throws -> ModelAnswer {
        switch operation {
        case .advance(let span):
            try await fixture.advance(by: span)
            return .nothing
        case .enqueue(let queue, let jobs): return try await enqueue(queue, jobs)
        case .exchange(let queue, let number, let settle, let claim):
            return try await exchange(queue, number: number, settle: settle, claim: claim)
        case .renew(let leases): return .renewed(try await store.renew(leases.map(lease)))
        case .record(let reports):
            let reports = reports.map { JobReport(lease: lease($0.lease), content: $0.content) }
            return .recorded(try await store.record(reports))
        case .reclaim(let queue, let maxStalled, let limit):
            let jobs = try await store.reclaimStalled(ModelQueues.name(queue), maxStalled: maxStalled, limit: limit)
            return .reclaimed(jobs.map { StalledJob(key: show($0.key), stalls: $0.stalls, mustFail: $0.mustFail) })
        case .prune(let queue, let rule, let limit):
            return .pruned(try await store.prune(ModelQueues.name(queue), rule, limit: limit))
        case .heartbeat(let reports):
            try await store.heartbeat(reports)
            return .nothing
        case .releaseParents(let limit):
            var (told, cursor) = (0, PageCursor?.none)
            var bound = PageBound()
            repeat {
                try bound.turn()
                let step = try await store.releaseParents(after: cursor, limit: limit)
                told += step.told
                cursor = step.next
            } while cursor != nil
            return .released(told)
        case .workers:
            return .workers(
                try await store.workers().map {
                    WorkerSummary(report: $0.report, startedAt: show($0.startedAt), seenAt: show($0.seenAt))
                })
        case .apply(let commands):
            let results = try await store.apply(commands.map { $0.command(for: key($0.job)) })
            return .commanded(results.map(wordless))
        case .configure(let settings): return .commanded(try await store.configure(settings).map(wordless))
        case .sweep(let sweep, let limit, let steps): return try await self.sweep(sweep, limit: limit, steps: steps)
        case .waitForWork(let queue):
            _ = try await store.waitForWork(WakeInterest(work: [ModelQueues.name(queue)]), atMost: .zero)
            return .nothing
        case .put(let plans): return try await put(plans)
        case .fire(let firings): return try await fire(firings)
        case .applyToSchedules(let commands): return try await apply(commands)
        case .applyToAllowances(let commands): return .allowed(try await store.apply(commands).map(show))
        case .look, .list, .children, .search, .holder, .groups, .inGroup, .turnPage, .queues, .log, .events,
            .schedules,
            .turnSchedules:
            return try await look(operation)
        }
    }

    private func show(_ result: AllowanceResult) -> AllowanceResult {
        switch result {
        case .spent(let key, let freeIn): .spent(key: key, freeIn: freeIn.map(show))
        case .use(let use): .use(AllowanceUse(used: use.used, lessIn: use.lessIn.map(show)))
        case .refused: .refused(ModelAnswer.refusal)
        case .granted, .refunded, .reservations: result
        }
    }

    private mutating func enqueue(_ queue: Int, _ jobs: [ModelNewJob]) async throws -> ModelAnswer {
        let name = ModelQueues.name(queue)
        let results = try await store.enqueue(name, jobs.map(newJob))
        for (new, result) in zip(jobs, results) where new.job.id == nil {
            guard case .added(let id) = result else { continue }
            learn(.generated(queue: queue, serial: new.serial), is: JobKey(queue: name, id: id))
        }
        return .enqueued(
            results.map { result in
                switch result {
                case .added(let id): .added(show(JobKey(queue: name, id: id)).id)
                case .duplicate(let id): .duplicate(show(JobKey(queue: name, id: id)).id)
                case .deduplicated(let id): .deduplicated(show(JobKey(queue: name, id: id)).id)
                case .refused: .refused(ModelAnswer.refusal)
                case .queueFull: result
                }
            })
    }

    private mutating func exchange(
        _ queue: Int, number: Int, settle: [ModelSettlement], claim: Claim?
    ) async throws -> ModelAnswer {
        let settlements = settle.map { model in
            var settlement = Settlement(
                lease: lease(model.lease), outcome: model.outcome, retention: model.retention,
                deadLetter: model.letter)
            settlement.keptResult = model.kept
            return settlement
        }
        let id = exchangeID(number, of: queue)
        var reply = try await store.exchange(ModelQueues.name(queue), id: id, settle: settlements, claim: claim)
        exchanges[number]?.hadEffect = !reply.claimed.isEmpty || reply.settled.contains(.settled)
        reply.claimed = reply.claimed.map { show($0, number: number) }
        reply.nextDueIn = reply.nextDueIn.map { show($0) }
        reply.settled = reply.settled.map { status in
            if case .refused = status { .refused(ModelAnswer.refusal) } else { status }
        }
        return .exchanged(reply)
    }

    private mutating func sweep(_ sweep: Sweep, limit: Int, steps: Int) async throws -> ModelAnswer {
        var done: [ModelAnswer.SweepStep] = []
        var cursor: PageCursor?
        for _ in 0..<steps {
            let report = try await store.sweep(sweep, after: cursor, limit: limit)
            switch report.progress {
            case .more(let next):
                done.append(.removed(report.removed, isLast: false))
                cursor = next
            case .finished:
                done.append(.removed(report.removed, isLast: true))
                if case .obliterate(let queue, _) = sweep, let index = ModelQueues.index(queue) { forget(index) }
                return .swept(done)
            case .refused:
                done.append(.refused)
                return .swept(done)
            }
        }
        return .swept(done)
    }

    func wordless(_ result: CommandResult) -> CommandResult {
        if case .refused = result { .refused(ModelAnswer.refusal) } else { result }
    }
}
