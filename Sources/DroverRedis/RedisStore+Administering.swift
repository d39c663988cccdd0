public import DroverCore
import RedisClient

extension RedisStore {
    /// Applies commands in order, one script each.
    public func apply(_ commands: [JobCommand]) async throws(StoreError) -> [CommandResult] {
        try checkOpen()
        var results: [CommandResult] = []
        for command in commands {
            if let problem = command.problem {
                results.append(.refused(problem))
            } else {
                results.append(try await apply(command))
            }
        }
        return results
    }

    private func apply(_ command: JobCommand) async throws(StoreError) -> CommandResult {
        let key = command.key
        if let name = Self.flowWord(of: command) { return try await applyToFlow(name, key) }
        var only: JobState?
        var command = command
        if case .when(let state, let bound) = command { (only, command) = (state, bound) }
        if case .copy(let key, let copy, let removesJob) = command {
            return try await self.copy(key, as: copy, removesJob: removesJob, onlyIn: only)
        }
        let (name, argument, isLIFO) = Self.words(of: command)
        var arguments = arguments()
        for text in [key.id.text, name, argument, isLIFO ? "1" : "0", only?.rawValue ?? ""] { arguments.append(text) }
        let answer = try await run(
            Scripts.command, key.queue, more: [keys.cancellations(key.queue)], arguments, "\(name) \(key)")
        switch answer.text {
        case "done": return .done
        case "requested": return .requested
        case "notFound": return .notFound
        case "scheduled":
            return .refused(
                ValidationError("job", "is the next one of a schedule; remove the schedule, and it goes with it"))
        case "elsewhere":
            return .refused(
                ValidationError(
                    "job",
                    "is held by a worker of another BullMQ client, which can't be asked to stop: it goes on; let it end, or "
                        + "stop that worker and cancel the job once it waits again"))
        default:
            guard let text = answer.text else {
                throw StoreError(.corrupt, "\(name) \(key) was answered in a form that is not its own")
            }
            return .wrongState(JobState(rawValue: text) ?? .waiting)
        }
    }

    private static func words(of command: JobCommand) -> (name: String, argument: String, isLIFO: Bool) {
        switch command {
        case .retry(_, let resetAttempts): ("retry", resetAttempts ? "1" : "0", false)
        case .promote: ("promote", "", false)
        case .remove: ("remove", "", false)
        case .cancel: ("cancel", "", false)
        case .changePriority(_, let priority, let lifo): ("changePriority", String(priority), lifo)
        case .changeDelay(_, let delay): ("changeDelay", String(delay.wholeMilliseconds), false)
        case .updatePayload(_, let payload): ("updatePayload", payload.text, false)
        case .removeFlow, .removeUnprocessedChildren, .detach: (flowWord(of: command) ?? "", "", false)
        case .copy: ("copy", "", false)  // in a script of its own
        case .when(_, let command): words(of: command)
        }
    }

    /// Changes settings, one after the other.
    public func configure(_ settings: [QueueSetting]) async throws(StoreError) -> [CommandResult] {
        try checkOpen()
        var results: [CommandResult] = []
        for setting in settings {
            if let problem = setting.problem {
                results.append(.refused(problem))
                continue
            }
            var arguments = arguments()
            switch setting {
            case .pause: arguments.append("pause")
            case .resume: arguments.append("resume")
            case .maxLength(_, let most):
                arguments.append("maxLength")
                arguments.append(most.map { String($0) } ?? "")
            case .concurrency(_, let most):
                arguments.append("concurrency")
                arguments.append(most.map { String($0) } ?? "")
            case .rateLimit(_, let limit):
                arguments.append("rate")
                arguments.append(limit.map { String($0.max) } ?? "")
                arguments.append(limit.map { String($0.per.wholeMilliseconds) } ?? "")
                arguments.append(limit.map { $0.window == .sliding ? String($0.per.wholeMilliseconds) : "" } ?? "")
            case .hold(_, let span):
                arguments.append("hold")
                arguments.append(span.map { String($0.wholeMilliseconds) } ?? "")
            case .group(_, let name, let change):
                results.append(try await setGroup(name, change, of: setting.queue))
                continue
            case .forgetResult(let queue, let name, let key):
                arguments.append("forgetResult")
                arguments.append(keys.result(name, key, in: queue))
                let kept = try await run(Scripts.configure, queue, more: [keys.queues], arguments, "configure \(queue)")
                results.append(kept.int == 1 ? .done : .notFound)
                continue
            case .forgetDeduplication(_, let id):
                arguments.append("forgetDeduplication")
                arguments.append(id)
                let held = try await run(
                    Scripts.configure, setting.queue, more: [keys.queues], arguments, "configure \(setting.queue)")
                results.append(held.int == 1 ? .done : .notFound)
                continue
            }
            // Jobs that BullMQ 5 keeps in its list of paused ones are brought over in portions.
            while try await run(
                Scripts.configure, setting.queue, more: [keys.queues], arguments, "configure \(setting.queue)"
            ).int ?? 0 > 0 {}
            results.append(.done)
        }
        return results
    }

    /// Does one step of a sweep in one script.
    public func sweep(
        _ sweep: Sweep, after cursor: PageCursor?, limit: Int
    ) async throws(StoreError) -> SweepReport {
        try checkOpen()
        var arguments = arguments()
        arguments.append(max(limit, 1))
        switch sweep {
        case .drain(_, let delayed):
            try SweepCursor.check(cursor)
            arguments.append("drain")
            arguments.append(delayed ? "1" : "0")
        case .clean(_, let state, let age):
            arguments.append("clean")
            arguments.append(state.rawValue)
            arguments.append(age.wholeMilliseconds)
            arguments.append(try PlaceCursor(cursor, in: state).text)
        case .obliterate(_, let force):
            try SweepCursor.check(cursor)
            arguments.append("obliterate")
            arguments.append(force ? "1" : "0")
        }
        let answer = try await run(
            Scripts.sweep, sweep.queue, more: [keys.queues], arguments, "sweep \(sweep.queue)")
        guard let items = answer.items, items.count == 3, let removed = items[0].int else {
            return SweepReport(
                removed: 0, progress: .refused(ValidationError("sweep", answer.text ?? "was not understood")))
        }
        let progress: SweepReport.Progress
        if items[1].int != 1 {
            progress = .finished
        } else if case .clean = sweep {
            progress = .more(PageCursor(items[2].text ?? ""))
        } else {
            progress = .more(SweepCursor.onward)
        }
        return SweepReport(removed: Int(removed), progress: progress)
    }
}

/// The cursor of sweeps that begin anew with each step, because what they have looked at is gone.
private enum SweepCursor {
    static let onward = PageCursor("onward")

    static func check(_ cursor: PageCursor?) throws(StoreError) {
        if let cursor, cursor != onward { throw PlaceCursor.unknown(cursor) }
    }
}
