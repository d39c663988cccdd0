import DroverCore

/// Finds out how one job ends: it subscribes to the events, reads the state once, and again after every gap.
struct ResultReader: Sendable {
    let store: any JobInspecting
    let key: JobKey
    /// The keys of encrypted results.
    let ring: KeyRing?
    let patience: PatientReader

    /// The job's result, once it has completed.
    ///
    /// - Throws: ``DroverError`` when the job failed, is unknown or has gone; `StoreError` that waiting does not mend;
    ///   `CancellationError`.
    func result(eachWaitingAtMost wait: Duration) async throws -> JSONText {
        // Subscribe first: what ends between the two reads is in the events behind this place.
        let subscription = try await page(from: .end, wait: .zero)
        switch try await job() {
        case let job?:
            if let result = try result(of: job) { return result }
        case nil:
            return try await resultOfMissing()
        }
        var place = subscription.next
        while true {
            try Task.checkCancellation()
            let page = try await page(from: .after(place), wait: wait)
            place = page.next
            for event in page.events where event.job == key.id {
                if let result = try result(of: event) { return result }
            }
            if page.hasGap {
                guard let job = try await job() else { throw notKept }
                if let result = try result(of: job) { return result }
            }
        }
    }

    /// The result as far as the job itself tells it now; nil when it has not ended, or is not there.
    ///
    /// - Throws: ``DroverError`` when the job failed; `StoreError`.
    func present() async throws -> JSONText? {
        guard let job = try await store.jobs([key])[0] else { return nil }
        return try result(of: job)
    }

    /// The job is not there: it was removed when it ended, or was never there. The events that are kept tell.
    private func resultOfMissing() async throws -> JSONText {
        var start = EventQuery.Start.beginning
        var isKnown = false
        // The last end counts: a job of this id may have run before and been added anew.
        var end: JobEvent?
        while true {
            let page = try await page(from: start, wait: .zero)
            for event in page.events where event.job == key.id {
                isKnown = true
                switch event.kind {
                case .completed, .failed, .removed: end = event
                case .added: end = nil
                default: break
                }
            }
            if page.events.isEmpty { break }
            start = .after(page.next)
        }
        if let end, let result = try result(of: end) { return result }
        if isKnown { throw notKept }
        throw DroverError(.notFound, "there is no job \(key)")
    }

    private func result(of job: JobRecord) throws -> JSONText? {
        switch job.state {
        case .completed: try open(job.result ?? .null, of: job.name)
        case .failed: throw DroverError(.jobFailed, job.failedReason ?? "no reason is stored")
        case .waiting, .prioritized, .grouped, .delayed, .active, .waitingChildren: nil
        }
    }

    private func result(of event: JobEvent) throws -> JSONText? {
        switch event.kind {
        case .completed(let result): try open(result, of: nil)
        case .failed(let reason): throw DroverError(.jobFailed, reason)
        case .removed: throw notKept
        case .added, .waiting, .delayed, .waitingChildren, .active, .progress, .retriesExhausted, .stalled, .duplicated,
            .deduplicated, .deadLettered, .cancelRequested, .drained, .paused, .resumed, .cleaned:
            nil
        }
    }

    private func open(_ result: JSONText, of name: JobName?) throws(DroverError) -> JSONText {
        do { return try SealedResult.open(result, of: name, with: ring) } catch {
            throw DroverError(.unreadable, "the job \(key) has completed, and \(error.reason)")
        }
    }

    private func page(from start: EventQuery.Start, wait: Duration) async throws -> EventPage {
        let query = EventQuery(queue: key.queue, start: start, limit: 1000)
        return try await patience.read { () throws(StoreError) in try await store.events(query, waitingAtMost: wait) }
    }

    private func job() async throws -> JobRecord? {
        try await patience.read { () throws(StoreError) in try await store.jobs([key])[0] }
    }

    private var notKept: DroverError {
        DroverError(.resultNotKept, "the job \(key) is gone and its result is no longer kept")
    }
}
