package import DroverCore

/// `apply` and `configure` of the contract.
extension ReferenceQueue {
    /// - Parameter isCopyKnown: whether there is a job under the id that the command gives to a copy.
    package mutating func apply(
        _ command: JobCommand, now: Timestamp, isCopyKnown: Bool = false
    ) -> CommandResult {
        if let problem = command.problem { return .refused(problem) }
        let id = command.key.id
        guard let record = jobs[id]?.record else { return .notFound }
        switch command {
        case .retry(_, let resetAttempts):
            guard record.state.isFinished else { return .wrongState(record.state) }
            runAgain(id, from: record.state, resetAttempts: resetAttempts)
        case .promote:
            guard record.state == .delayed else { return .wrongState(record.state) }
            putBack(id)
            note(.waiting(from: .delayed), of: id)
        case .remove:
            guard record.state != .active else { return .wrongState(.active) }
            if isPending(id) { return .refused(.nextRun) }
            remove(id)
            note(.removed(from: record.state), of: id)
        case .cancel:
            return cancel(id, in: record.state, now: now)
        case .changePriority(_, let priority, let lifo):
            edit(id) { $0.priority = priority }
            if record.state == .waiting || record.state == .prioritized || record.state == .grouped {
                putBack(id, atFront: lifo)
            }
        case .changeDelay(_, let delay):
            guard record.state == .delayed else { return .wrongState(record.state) }
            self.delay(id, until: now + delay)
        case .updatePayload(_, let payload):
            edit(id) { $0.payload = payload }
        case .copy(_, let copy, let removesJob):
            return apply(copy, to: record, removesJob: removesJob, isKnown: isCopyKnown)
        case .removeFlow, .removeUnprocessedChildren, .detach:
            break  // Of several queues, and so the store's.
        case .when(let state, let command):
            return record.state == state
                ? apply(command, now: now, isCopyKnown: isCopyKnown) : .wrongState(record.state)
        }
        return .done
    }

    package mutating func configure(_ setting: QueueSetting, now: Timestamp) -> CommandResult {
        if let problem = setting.problem { return .refused(problem) }
        switch setting {
        case .maxLength(_, let most): maxLength = most
        case .concurrency(_, let most):
            limiter.concurrency = most
            wakeUnlessPaused()
        case .rateLimit(_, let rate):
            limiter.set(rate)
            wakeUnlessPaused()
        case .hold(_, let span):
            limiter.hold(until: span.map { now + $0 })
            wakeUnlessPaused()
        case .group(_, let name, let setting):
            groups.set(setting, of: GroupName(name), now: now)
            wakeUnlessPaused()
        case .forgetResult(_, let name, let key):
            return results.forget(name, key, now: now) ? .done : .notFound
        case .forgetDeduplication(_, let id):
            return deduplications.forget(DeduplicationID(id), now: now) ? .done : .notFound
        case .pause:
            setPaused(true)
            note(.paused)
        case .resume:
            setPaused(false)
            note(.resumed)
        }
        return .done
    }

    private mutating func runAgain(_ id: JobID, from old: JobState, resetAttempts: Bool) {
        edit(id) {
            $0.finishedAt = nil
            $0.processedAt = nil
            $0.result = nil
            $0.failedReason = nil
            $0.deferredFailure = nil
            if resetAttempts {
                $0.attemptsMade = 0
                $0.attemptsStarted = 0
                $0.steps = []
            }
        }
        if (jobs[id]?.children.counts.pending ?? 0) > 0 {
            tellParents(of: id, .runsAgain)
            forgetDelay(of: id)
            return awaitChildren(id, from: old)
        }
        putBack(id, atFront: jobs[id]?.record.keepsFront ?? false)
        tellParents(of: id, .runsAgain)
        note(.waiting(from: old), of: id)
    }

    private mutating func cancel(_ id: JobID, in state: JobState, now: Timestamp) -> CommandResult {
        if state.isFinished { return .wrongState(state) }
        if state == .active {
            edit(id) { $0.isCancelRequested = true }
            signals.cancellation = true
            note(.cancelRequested, of: id)
            return .requested
        }
        edit(id) { $0.failedReason = Failure.cancelledReason }
        endDeduplication(of: id, now: now)
        tellParents(of: id, failure: Failure.cancelledReason)
        finish(id, as: .failed, now: now)
        note(.failed(Failure.cancelledReason), of: id)
        return .done
    }
}
