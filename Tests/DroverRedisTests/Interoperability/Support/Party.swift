import Testing

/// Who does something in a test that holds for both clients.
///
/// A test that takes a producer and a worker runs in all four combinations. With BullMQ's client on both sides it proves
/// that what it expects is what BullMQ does.
enum Party: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// Drover's store, and a `JobService` on it.
    case swift
    /// BullMQ's own client for Python.
    case python

    var testDescription: String { rawValue }

    /// The other one.
    var other: Party { self == .swift ? .python : .swift }
}
