public import DroverCore
import Synchronization

/// A store in front of another one, with a bad line between them.
///
/// Calls are lost, replies are lost, both come late: by a seeded plan, or one by one as a test says.
/// What is thrown is `StoreError` with the code `unreachable`, which means "nothing known".
///
/// ```swift
/// let store = FaultInjectingStore(ReferenceStore(), plan: FaultPlan(seed: 7, rates: FaultRates(lostReply: 0.1)))
/// store.failNext(.exchange, .lostReply, times: 3)
/// ```
public final class FaultInjectingStore: JobStore {
    private struct State: Sendable {
        var plan: FaultPlan
        var random: SeededGenerator
        var counts = FaultCounts()
        /// Faults that a test ordered, in turn.
        var ordered: [StoreCall: [FaultKind]] = [:]
    }

    /// What is to be done to one call.
    private struct Decision: Sendable {
        var kind: FaultKind?
        var delay: Duration
    }

    /// The store behind: calls made on it directly meet no faults.
    public let base: any JobStore
    private let clock: any Clock<Duration>
    private let state: Mutex<State>

    /// A store that passes calls on to `base`, or does not.
    ///
    /// - Parameters:
    ///   - base: the store behind.
    ///   - plan: which faults happen by themselves; none by default.
    ///   - clock: measures the delays.
    public init(
        _ base: any JobStore, plan: FaultPlan = .calm, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.base = base
        self.clock = clock
        state = Mutex(State(plan: plan, random: SeededGenerator(seed: plan.seed)))
    }

    /// What was injected so far.
    public var counts: FaultCounts { state.withLock { $0.counts } }

    /// Goes on by another plan, from its seed. Faults that were ordered stay ordered.
    public func follow(_ plan: FaultPlan) {
        state.withLock { state in
            state.plan = plan
            state.random = SeededGenerator(seed: plan.seed)
        }
    }

    /// Orders the same fault for the next calls of one kind, one by default. Orders go before the plan and queue up.
    public func failNext(_ call: StoreCall, _ kind: FaultKind, times: Int = 1) {
        state.withLock { $0.ordered[call, default: []] += Array(repeating: kind, count: max(times, 0)) }
    }

    /// Lets all calls pass from now on: no plan, no orders.
    public func calmDown() {
        state.withLock { state in
            state.plan = .calm
            state.ordered = [:]
        }
    }

    /// The traits of the store behind.
    public var traits: StoreTraits { base.traits }

    /// That of the store behind.
    public var callExecutor: (any TaskExecutor)? { base.callExecutor }

    /// Opens the store behind.
    public func prepare() async throws(StoreError) {
        try await perform(.prepare) { () async throws(StoreError) in try await base.prepare() }
    }

    /// Closes the store behind. Never fails.
    public func close() async { await base.close() }

    /// Makes a call, with the fault that is its lot.
    func perform<Result: Sendable>(
        _ call: StoreCall, _ body: () async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        let decision = decide(call)
        switch decision.kind {
        case nil:
            return try await body()
        case .lostCall:
            count(.lostCall, of: call)
            throw Self.lost(call, "before")
        case .lostReply:
            _ = try await body()
            // Only now: a call that failed by itself had no reply to lose.
            count(.lostReply, of: call)
            throw Self.lost(call, "after")
        case .lateCall:
            count(.lateCall, of: call)
            await wait(decision.delay)
            return try await body()
        case .lateReply:
            let result = try await body()
            count(.lateReply, of: call)
            await wait(decision.delay)
            return result
        }
    }

    private func count(_ kind: FaultKind, of call: StoreCall) {
        state.withLock { $0.counts.countFault(kind, of: call) }
    }

    private func decide(_ call: StoreCall) -> Decision {
        state.withLock { state in
            var kind: FaultKind?
            // Both numbers are always drawn, so that an order does not shift the decisions after it.
            let point = Double.random(in: 0..<1, using: &state.random)
            let share = Double.random(in: 0..<1, using: &state.random)
            if let next = state.ordered[call]?.first {
                state.ordered[call]?.removeFirst()
                kind = next
            } else {
                kind = state.plan.rates[call]?.kind(at: point)
            }
            state.counts.countCall(call)
            return Decision(kind: kind, delay: state.plan.longestDelay * share)
        }
    }

    private func wait(_ delay: Duration) async {
        // Cancelling ends the delay and not the call: a caller who gave up knows nothing of its effect.
        try? await clock.sleep(for: delay)
    }

    private static func lost(_ call: StoreCall, _ moment: String) -> StoreError {
        StoreError(.unreachable, "\(call.rawValue): cut off \(moment) its effect, as the test asked; repeat the call")
    }
}
