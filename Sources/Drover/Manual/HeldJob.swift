public import DroverCore
import Synchronization

/// A job that a program claimed by hand, and holds until it settles it.
///
/// ```swift
/// for held in try await jobs.claim(from: "mail", limit: 5, lease: .seconds(60)) {
///     let mail = try held.payload(as: SendWelcome.self)
///     try await send(mail)
///     try await held.complete()
/// }
/// ```
///
/// Nothing runs behind it unless ``JobService/claim(from:limit:lease:renewing:worker:)`` is asked to renew: the program renews
/// the lease, or settles the job before it ends. Once the lease has passed anybody may take the job over, as that of a worker
/// that has died; from then on every call throws ``DroverError`` with the code `leaseLost`. A job that is dropped unsettled
/// is taken over in the same way. Calls may come from any task; a job is settled once.
public final class HeldJob: Sendable {
    private enum Standing {
        case held
        /// A call settles it just now.
        case settling
        case settled
    }

    /// How a program says that the job ended. Two calls that say the same are one, whatever else goes into a settlement:
    /// a nonce, a random wait.
    enum Ending: Hashable, Sendable {
        case completed(JSONText)
        /// With the error in words.
        case threw(String)
        case failed(String, isFinal: Bool)
        case retry(after: Duration, reason: String)
        case snoozed(Duration)
        case released, cancelled
    }

    /// What is sent to the store, and under which name.
    private struct Sending: Sendable {
        var ending: Ending
        var settlement: Settlement
        var id: ExchangeID
    }

    private struct State {
        var standing = Standing.held
        /// What was sent to the store last without an answer, to be sent again under the same name.
        var unanswered: Sending?
    }

    let scope: WorkerScope
    let attemptState: Attempt
    let opened: OpenedPayload?
    /// Why the payload is as it is stored, and not what a handler would be given; nil where it is. Calls that hold and settle the
    /// job need no payload.
    public let payloadProblem: DroverError?
    private let leases: HeldLeases?
    private let begun: Duration
    private let state = Mutex(State())

    init(
        scope: WorkerScope, attempt: Attempt, opened: OpenedPayload?, leases: HeldLeases?,
        payloadProblem: DroverError? = nil
    ) {
        self.scope = scope
        self.payloadProblem = payloadProblem
        attemptState = attempt
        self.opened = opened
        self.leases = leases
        begun = scope.clock.now()
    }

    deinit { leases?.keeper.release(attemptState.number) }

    /// What a handler would be given: the job, its progress and log, its steps and children.
    public var context: JobContext { JobContext(attemptState: attemptState, worker: scope, opened: opened) }

    /// The job as it was when it was claimed, its payload opened.
    public var job: JobRecord { context.job }
    /// The job's queue and id.
    public var key: JobKey { attemptState.claimed.job.key }
    /// The payload as it was enqueued: one that is stored encrypted is opened, unless there is a ``payloadProblem``.
    public var payload: JSONText { context.payload }
    /// The right to settle the job. Its token and the key are all that another process needs to take it up, by
    /// ``JobService/held(_:token:lease:renewing:)``.
    public var lease: Lease { attemptState.claimed.lease }
    /// Whether somebody asked for the job to be cancelled, as far as a renewal has told. Answer it by ``cancel()``.
    public var isCancelRequested: Bool { attemptState.fate.stop == .cancelRequested }
    /// Whether a call, or a renewal behind it, has found that the lease is lost.
    public var isLost: Bool { attemptState.fate.stop == .leaseLost }

    /// The payload as its type.
    ///
    /// - Throws: ``DroverError`` with the code `undecodable`, which names what does not fit and holds nothing of the payload; the
    ///   ``payloadProblem``, if there is one.
    public func payload<P: JobPayload>(as _: P.Type) throws(DroverError) -> P {
        if let payloadProblem { throw payloadProblem }
        do { return try PayloadCoding().decode(P.self, from: payload) } catch {
            throw DroverError(.undecodable, "the job \(key): \(error.reason)", cause: error)
        }
    }

    /// Extends the lease by its whole length from now.
    ///
    /// - Returns: whether somebody asked for the job to be cancelled.
    /// - Throws: ``DroverError`` with the code `leaseLost`, or `refused` when the job has been settled; `StoreError`.
    @discardableResult
    public func renew() async throws -> Bool {
        try check()
        switch try await scope.store.renew([lease]).first {
        case .held?: return isCancelRequested
        case .cancelRequested?:
            attemptState.stop(.cancelRequested)
            return true
        case .lost?, nil:
            attemptState.stop(.leaseLost)
            throw lost
        }
    }

    /// Says how far the job is; readers of the job and of its events see it.
    ///
    /// - Throws: as ``JobContext/progress(_:)-(Encodable)``.
    public func progress(_ value: some Encodable) async throws { try await context.progress(value) }

    /// Adds a line to the job's log.
    ///
    /// - Throws: as ``JobContext/log(_:)``.
    public func log(_ line: String) async throws { try await context.log(line) }

    // MARK: Settling

    /// Stores how the job ended. A reply that is lost is asked for again, under the same name, for a part of the lease.
    ///
    /// - Parameter decide: what is stored, unless a call that said the same has had no answer: then that goes out again.
    func settle(_ ending: Ending, _ decide: () throws -> (Outcome, keepsJob: Bool)) async throws {
        let sending = try begin(ending, decide)
        let outcome = sending.settlement.outcome
        let status: SettlementStatus?
        do {
            status = try await scope.patiently(for: HeldLeases.patience(lease.duration)) { () throws(StoreError) in
                try await scope.store.exchange(
                    scope.queue, id: sending.id, settle: [sending.settlement], claim: nil
                ).settled.first
            }
        } catch {
            state.withLock { $0.standing = .held }
            throw error
        }
        switch status {
        case .settled?: break
        case .leaseLost?:
            state.withLock { $0.standing = .held }
            attemptState.stop(.leaseLost)
            throw lost
        case .refused(let problem)?:
            state.withLock { $0.standing = .held }
            throw DroverError(.refused, "the job \(key) was not settled: \(problem)", cause: problem)
        case nil:
            state.withLock { $0.standing = .held }
            throw StoreError(.corrupt, "the store gave no answer for the settled job \(key)")
        }
        state.withLock { $0.standing = .settled }
        leases?.keeper.release(attemptState.number)
        let length = elapsed
        scope.metrics.ended(outcome, after: length)
        scope.log.ended(outcome, of: attemptState, after: length)
        if let letter = sending.settlement.deadLetter {
            scope.metrics.deadLettered()
            scope.log.deadLettered(attemptState, to: letter.key)
        }
        await scope.stepOn(after: attemptState.claimed.job)
    }

    /// How long the program has held the job.
    var elapsed: Duration { scope.clock.now() - begun }

    private func begin(_ ending: Ending, _ decide: () throws -> (Outcome, keepsJob: Bool)) throws -> Sending {
        try check()
        let sent = try state.withLock { state throws(DroverError) in
            if state.standing == .settling {
                throw DroverError(.refused, "the job \(key) is being settled by another call; settle it once")
            }
            state.standing = .settling
            return state.unanswered
        }
        if let sent, sent.ending == ending { return sent }
        do {
            let (outcome, keepsJob) = try decide()
            let sending = Sending(
                ending: ending, settlement: scope.settlement(of: attemptState.claimed, outcome, keepsJob: keepsJob),
                id: ExchangeID("\(lease.token):\(HostIdentity.randomPart())"))
            state.withLock { $0.unanswered = sending }
            return sending
        } catch {
            state.withLock { $0.standing = .held }
            throw error
        }
    }

    private func check() throws(DroverError) {
        if attemptState.fate.isCompleted || state.withLock({ $0.standing == .settled }) {
            throw DroverError(.refused, "the job \(key) has been settled already; claim it anew")
        }
        if isLost { throw lost }
    }

    private var lost: DroverError {
        DroverError(
            .leaseLost,
            "the job \(key) is no longer held: its lease of \(lease.duration) passed without a renewal, or somebody took it; "
                + "drop what was done for it, and renew earlier or take a longer lease")
    }
}
