import DroverCore

/// The leases that a process holds, and when each must be renewed.
///
/// Pure: every call is told the time, which is monotonic and counts from any fixed moment. A lease is renewed when half
/// of its time is left. When renewals fail it is tried again at short intervals until its time has passed; then it
/// counts as lost.
struct LeaseTable<Holder> {
    /// What a renewal or its absence means for a holder.
    enum Verdict: Hashable {
        /// The lease is gone: the attempt is worthless.
        case lost
        /// Somebody asked for the job to be cancelled.
        case cancelRequested
    }

    private struct Entry {
        var lease: Lease
        var holder: Holder
        var renewAt: Duration
        var deadline: Duration
        /// When a renewal was last asked for before its time.
        var hastenedAt: Duration?
    }

    private var entries: [Int: Entry] = [:]
    private var nextTurn: Duration
    private let idleTurn: Duration

    /// - Parameter idleTurn: how long to sleep when no lease is held: at most half of the shortest lease, so that a
    ///   lease that comes in the meantime needs no earlier turn.
    init(idleTurn: Duration) {
        self.idleTurn = idleTurn
        nextTurn = idleTurn
    }

    /// How many leases are held.
    var count: Int { entries.count }

    /// Who holds a lease.
    func holder(_ number: Int) -> Holder? { entries[number]?.holder }

    /// Takes a lease in.
    ///
    /// - Parameters:
    ///   - remaining: how long it lasts from `now`.
    /// - Returns: whether it must be renewed before the turn that is planned.
    mutating func add(_ number: Int, _ lease: Lease, _ holder: Holder, remaining: Duration, now: Duration) -> Bool {
        let deadline = now + remaining
        let renewAt = deadline - lease.duration / 2
        entries[number] = Entry(lease: lease, holder: holder, renewAt: renewAt, deadline: deadline)
        guard renewAt < nextTurn else { return false }
        nextTurn = max(renewAt, now)
        return true
    }

    /// Lets a lease go, because its attempt is settled.
    mutating func remove(_ number: Int) {
        entries[number] = nil
    }

    /// The leases of one queue are to be renewed now, because something may have happened to a job.
    mutating func hasten(_ queue: QueueName, now: Duration) {
        for (number, entry) in entries where entry.lease.job.queue == queue {
            entries[number]?.renewAt = min(entry.renewAt, now)
            entries[number]?.hastenedAt = now
            nextTurn = now
        }
    }

    /// The leases to renew now: those that must be, and with them those that must be soon, so that jobs claimed one after
    /// another share a call.
    func due(now: Duration) -> [(number: Int, lease: Lease)] {
        guard entries.values.contains(where: { $0.renewAt <= now }) else { return [] }
        return entries.compactMap { number, entry in
            entry.renewAt - entry.lease.duration / 10 <= now ? (number, entry.lease) : nil
        }
    }

    /// A renewal was answered.
    ///
    /// - Parameters:
    ///   - sentAt: when it was sent; the store extended the lease at that moment or later.
    /// - Returns: the verdict on each lease that did not simply go on. A lost one is no longer in the table.
    mutating func renewed(
        _ answers: some Sequence<(number: Int, status: LeaseStatus)>, sentAt: Duration
    ) -> [(Holder, Verdict)] {
        var verdicts: [(Holder, Verdict)] = []
        for (number, status) in answers {
            guard var entry = entries[number] else { continue }  // settled meanwhile
            switch status {
            case .lost:
                entries[number] = nil
                verdicts.append((entry.holder, .lost))
                continue
            case .cancelRequested:
                verdicts.append((entry.holder, .cancelRequested))
            case .held:
                break
            }
            entry.deadline = sentAt + entry.lease.duration
            entry.renewAt = sentAt + entry.lease.duration / 2
            // Asked for while this renewal was under way, which may have been too early to see why.
            if let hastenedAt = entry.hastenedAt, hastenedAt > sentAt { entry.renewAt = hastenedAt }
            entry.hastenedAt = nil
            entries[number] = entry
        }
        return verdicts
    }

    /// A renewal failed.
    ///
    /// - Returns: the leases whose time has passed. They are no longer in the table.
    mutating func renewalFailed(_ numbers: some Sequence<Int>, _ trouble: StoreError.Code, now: Duration) -> [Holder] {
        var lost: [Holder] = []
        for number in numbers {
            guard var entry = entries[number] else { continue }  // settled meanwhile
            if trouble.stopsEverybody { entry.deadline = max(entry.deadline, now + entry.lease.duration) }
            if entry.deadline <= now {
                entries[number] = nil
                lost.append(entry.holder)
                continue
            }
            entry.renewAt = min(now + trouble.renewalPause(entry.lease.duration), max(entry.deadline, now))
            entries[number] = entry
        }
        return lost
    }

    /// Plans the next turn and says how long it is until then.
    mutating func planTurn(now: Duration) -> Duration {
        let first = entries.values.min { $0.renewAt < $1.renewAt }?.renewAt
        nextTurn = max(now, min(first ?? now + idleTurn, now + idleTurn))
        return nextTurn - now
    }
}
