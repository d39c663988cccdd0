/// What can go wrong with one call.
public enum FaultKind: String, CaseIterable, Hashable, Sendable {
    /// It throws and has had no effect: the request was lost.
    case lostCall
    /// It has its effect and throws: the reply was lost.
    case lostReply
    /// It has its effect after a delay.
    case lateCall
    /// It has its effect at once and answers after a delay.
    case lateReply
}

/// How often each kind of fault happens.
public struct FaultRates: Hashable, Sendable {
    /// The share, from 0 to 1, of calls that throw before their effect.
    public var lostCall: Double
    /// The share of calls that throw after it.
    public var lostReply: Double
    /// The share of calls that wait before their effect.
    public var lateCall: Double
    /// The share of calls that wait after it.
    public var lateReply: Double

    /// Rates from their parts; no faults by default. Their sum should not exceed 1.
    public init(lostCall: Double = 0, lostReply: Double = 0, lateCall: Double = 0, lateReply: Double = 0) {
        self.lostCall = lostCall
        self.lostReply = lostReply
        self.lateCall = lateCall
        self.lateReply = lateReply
    }

    /// No faults.
    public static let none = FaultRates()

    /// The kind that a number, evenly spread over 0..<1, falls on; nil for no fault.
    func kind(at point: Double) -> FaultKind? {
        var rest = point
        for (kind, rate) in [
            (FaultKind.lostCall, lostCall), (.lostReply, lostReply), (.lateCall, lateCall), (.lateReply, lateReply),
        ] {
            if rest < rate { return kind }
            rest -= rate
        }
        return nil
    }
}

/// Which faults happen to which calls, decided by a seed.
///
/// ```swift
/// let plan = FaultPlan(seed: 7, rates: FaultRates(lostCall: 0.05, lostReply: 0.05), on: [.exchange, .enqueue])
/// ```
///
/// The same plan makes the same decisions for the same sequence of calls.
public struct FaultPlan: Sendable, CustomStringConvertible {
    /// What the decisions follow from. Print it when a test fails.
    public let seed: UInt64
    /// The rates for each call; calls without any pass.
    public var rates: [StoreCall: FaultRates]
    /// The longest delay of a late call or reply; each has its own, from zero up to this.
    public var longestDelay: Duration

    /// A plan with the same rates for several calls.
    public init(
        seed: UInt64, rates: FaultRates = .none, on calls: Set<StoreCall> = Set(StoreCall.allCases),
        longestDelay: Duration = .milliseconds(20)
    ) {
        self.seed = seed
        self.rates = Dictionary(uniqueKeysWithValues: calls.map { ($0, rates) })
        self.longestDelay = longestDelay
    }

    /// A plan by which all calls pass, for stores that only do what ``FaultInjectingStore/failNext(_:_:times:)`` says.
    public static let calm = FaultPlan(seed: 0)

    /// `fault seed` and the number.
    public var description: String { "fault seed \(seed)" }
}
