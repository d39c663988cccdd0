import DroverCore

/// Unpacks the rows that ``EventWriter`` packed.
struct EventReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// All events of a row in order, without positions.
    static func events(in bytes: [UInt8]) throws(StoreError) -> [(job: JobID?, kind: JobEvent.Kind)] {
        var reader = EventReader(bytes)
        var events: [(job: JobID?, kind: JobEvent.Kind)] = []
        while reader.at < bytes.count { try reader.next(into: &events) }
        return events
    }

    private mutating func next(into events: inout [(job: JobID?, kind: JobEvent.Kind)]) throws(StoreError) {
        guard let code = EventCode(rawValue: try byte()) else { throw Self.damaged }
        let job = code.hasJob ? try self.job() : nil
        switch code {
        case .addedAndWaiting:
            events.append((job, .added(JobName(stored: try text()))))
            events.append((job, .waiting(from: nil)))
        case .added: events.append((job, .added(JobName(stored: try text()))))
        case .waiting:
            let from = try number()
            events.append((job, .waiting(from: from == 0 ? nil : try state(from - 1))))
        case .delayed:
            events.append((job, .delayed(until: Timestamp(milliseconds: Int64(bitPattern: try number())))))
        case .waitingChildren:
            let from = try number()
            events.append((job, .waitingChildren(from: from == 0 ? nil : try state(from - 1))))
        case .active: events.append((job, .active))
        case .progress: events.append((job, .progress(JSONText(trusted: try text()))))
        case .completed: events.append((job, .completed(JSONText(trusted: try text()))))
        case .failed: events.append((job, .failed(try text())))
        case .retriesExhausted: events.append((job, .retriesExhausted(attemptsMade: try count())))
        case .deadLettered:
            let queue = QueueName(stored: try text())
            events.append((job, .deadLettered(to: JobKey(queue: queue, id: JobID(stored: try text())))))
        case .stalled: events.append((job, .stalled))
        case .removed: events.append((job, .removed(from: try state(try number()))))
        case .duplicated: events.append((job, .duplicated))
        case .cancelRequested: events.append((job, .cancelRequested))
        case .drained: events.append((job, .drained))
        case .paused: events.append((job, .paused))
        case .resumed: events.append((job, .resumed))
        case .cleaned: events.append((job, .cleaned(try count())))
        case .deduplicated:
            events.append((job, .deduplicated(id: try text(), other: JobID(stored: try text()))))
        }
    }

    private mutating func job() throws(StoreError) -> JobID {
        let head = try number()
        if head & 1 == 0 { return JobID(stored: String(head >> 1)) }
        return JobID(stored: try text(length: head >> 1))
    }

    private func state(_ code: UInt64) throws(StoreError) -> JobState {
        guard code <= UInt64(StateCode.grouped) else { throw Self.damaged }
        return try StateCode.state(Int64(code))
    }

    private mutating func count() throws(StoreError) -> Int {
        guard let count = Int(exactly: try number()) else { throw Self.damaged }
        return count
    }

    private mutating func byte() throws(StoreError) -> UInt8 {
        guard at < bytes.count else { throw Self.damaged }
        at += 1
        return bytes[at - 1]
    }

    private mutating func number() throws(StoreError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Self.damaged
    }

    private mutating func text() throws(StoreError) -> String { try text(length: try number()) }

    private mutating func text(length: UInt64) throws(StoreError) -> String {
        guard length <= UInt64(bytes.count - at) else { throw Self.damaged }
        defer { at += Int(length) }
        return String(decoding: bytes[at..<at + Int(length)], as: UTF8.self)
    }

    private static var damaged: StoreError {
        StoreError(.corrupt, "stored events can't be read; the file is damaged or was written by a newer version")
    }
}
