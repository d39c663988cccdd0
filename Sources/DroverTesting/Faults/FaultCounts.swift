/// How many calls were made and what was done to them.
public struct FaultCounts: Hashable, Sendable {
    private var calls: [StoreCall: Int] = [:]
    private var faults: [StoreCall: [FaultKind: Int]] = [:]

    /// How often a call was made, faults included.
    public func made(_ call: StoreCall) -> Int { calls[call] ?? 0 }

    /// How often a kind of fault happened to a call.
    public subscript(call: StoreCall, kind: FaultKind) -> Int { faults[call]?[kind] ?? 0 }

    /// How often a kind of fault happened to any call.
    public func total(_ kind: FaultKind) -> Int { faults.values.reduce(0) { $0 + ($1[kind] ?? 0) } }

    mutating func countCall(_ call: StoreCall) { calls[call, default: 0] += 1 }

    mutating func countFault(_ kind: FaultKind, of call: StoreCall) {
        faults[call, default: [:]][kind, default: 0] += 1
    }
}
