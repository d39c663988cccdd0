public import DroverCore

/// What one step of ``JobService/reencrypt(_:in:after:limit:)`` did.
public struct ReencryptionReport: Hashable, Sendable {
    /// A job that was left as it is, or a part of it.
    public struct Problem: Hashable, Sendable {
        /// What kind of trouble it is.
        public enum Kind: String, Hashable, Sendable {
            /// What is stored does not open with the keys that are here.
            case unreadable
            /// What would be stored is refused.
            case refused
            /// The payload is as it should be, and what steps recorded needs an older key.
            case steps
        }

        /// The job; of a schedule its pending one.
        public var job: JobKey
        /// The schedule, where it is the payload of one.
        public var schedule: ScheduleID?
        /// What kind of trouble it is.
        public var kind: Kind
        /// Why; it names keys, and no payload.
        public var reason: String
    }

    /// For what a key is still needed: numbers of jobs, and of schedules.
    public struct KeyUse: Hashable, Sendable {
        /// Jobs whose payload is encrypted with it.
        public var payloads = 0
        /// Schedules whose payload is.
        public var schedules = 0
        /// Jobs of which some step recorded something that is.
        public var steps = 0
        /// Jobs whose result is.
        public var results = 0

        /// No use.
        public init() {}

        /// Counts other uses too.
        package mutating func add(_ other: KeyUse) {
            payloads += other.payloads
            schedules += other.schedules
            steps += other.steps
            results += other.results
        }
    }

    /// How many jobs or schedules were looked at.
    public var looked = 0
    /// How many have a new stored payload.
    public var changed = 0
    /// How many had all that is to be encrypted with the current key before.
    public var current = 0
    /// How many are plain, as they are to be.
    public var plain = 0
    /// The jobs that could not be changed, or not as a whole.
    public var problems: [Problem] = []
    /// For what keys other than the current one are still needed behind this step, by their ids.
    public var otherKeys: [String: KeyUse] = [:]
    /// Where the next step begins; nil when there is none.
    public var next: PageCursor?

    /// A report of so many jobs or schedules, of which nothing is known yet.
    package init(looked: Int = 0, next: PageCursor? = nil) {
        self.looked = looked
        self.next = next
    }
}

extension ReencryptionReport {
    /// Counts what of a job needs a key other than the current one.
    ///
    /// - Parameter withPayload: whether its payload counts too, which has not been encrypted anew then.
    package mutating func count(_ job: JobRecord, besides current: String, withPayload: Bool) {
        count(job.steps.map(\.result), besides: current) { $0.steps += 1 }
        count([job.result].compactMap(\.self), besides: current) { $0.results += 1 }
        if withPayload { count([job.payload], besides: current) { $0.payloads += 1 } }
    }

    /// Counts the keys of a schedule's payload, which stays as it is.
    mutating func count(_ schedule: Schedule, besides current: String) {
        count([schedule.payload], besides: current) { $0.schedules += 1 }
    }

    private mutating func count(_ values: [JSONText], besides current: String, _ use: (inout KeyUse) -> Void) {
        for key in Set(values.flatMap { StoredValue($0).keys }) where key != current {
            use(&otherKeys[key, default: KeyUse()])
        }
    }
}
