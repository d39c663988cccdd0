import DroverCore
import RedisClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A job's hash as Redis answers it: fields and values in turn (PROTOCOL 4). A later field replaces an earlier one.
struct JobHash {
    private let items: [RESPValue]
    /// The names where the items are values alone.
    private let names: [String]?

    init(_ value: RESPValue) {
        items = value.items ?? []
        names = nil
    }

    /// Some fields of a hash, by their names.
    init(names: [String], values: [RESPValue]) {
        items = values
        self.names = names
    }

    /// The number of fields.
    private var count: Int { names == nil ? items.count / 2 : items.count }

    /// The name and the value of a field.
    private func field(_ number: Int) -> (name: String?, value: RESPValue) {
        if let names { return (names[number], items[number]) }
        return (items[2 * number].text, items[2 * number + 1])
    }

    /// The fields that a filter looks at, behind two of which every job has one.
    static func fields(for filter: JobFilter) -> [String] {
        var fields = ["timestamp", "name"]
        for field in filter.condition.fields {
            switch field {
            case .state, .id, .name, .created, .due: break
            case .group, .tenant, .tag, .correlationID, .metadata, .reason, .origin:
                if !fields.contains("opts") { fields.append("opts") }
            case .worker: fields.append("pb")
            case .error: fields.append("failedReason")
            case .priority: fields.append("priority")
            case .attempts: fields += ["atm", "attemptsMade"]
            case .stalls: fields.append("stc")
            case .processed: fields.append("processedOn")
            case .finished: fields.append("finishedOn")
            case .payload: if !fields.contains("data") { fields.append("data") }
            case .result: if !fields.contains("returnvalue") { fields.append("returnvalue") }
            case .progress: if !fields.contains("progress") { fields.append("progress") }
            }
        }
        return fields
    }

    /// The names of its fields.
    var fields: [String] { (0..<count).compactMap { field($0).name } }

    /// The value of a field.
    func value(of field: String) -> String? {
        for number in 0..<count where self.field(number).name == field { return self.field(number).value.text }
        return nil
    }

    /// The job.
    ///
    /// - Parameters:
    ///   - key: its queue and id, which the hash does not hold.
    ///   - state: where its id was found.
    ///   - mark: what the script told beside it. Of a delayed job its score, from which its due time follows (PROTOCOL
    ///     7.2); of an active one `elsewhere` when another client's worker holds it.
    ///   - isClaimed: whether it is for a worker, which fails the job with the very reason that is stored.
    func record(
        _ key: JobKey, state: JobState, mark: String? = nil, isClaimed: Bool = false, options coder: inout OptionsCoder
    ) -> JobRecord {
        var record = JobRecord(
            key: key, name: JobName(stored: ""), payload: .emptyObject, options: JobOptions(), state: state,
            priority: 0, createdAt: Timestamp(milliseconds: 0))
        var stored: String?
        var cancelledAttempt: String?
        var attempt: String?
        var parentKey: String?
        var parentText: String?
        for number in 0..<count {
            let (name, item) = field(number)
            guard let field = name, let value = item.text else { continue }
            switch field {
            case "name": record.name = JobName(stored: value)
            case "data": record.payload = JSONText(trusted: value)
            case "opts": stored = value
            case "timestamp": record.createdAt = Timestamp(milliseconds: Self.number(value))
            case "priority": record.priority = Int(Self.number(value))
            // The name of the counter in very old hashes is read in preference (PROTOCOL 4).
            case "atm" where record.attemptsMade == 0, "attemptsMade": record.attemptsMade = Int(Self.number(value))
            case "ats":
                record.attemptsStarted = Int(Self.number(value))
                attempt = value
            case "stc": record.stalls = Int(Self.number(value))
            case "processedOn": record.processedAt = Timestamp(milliseconds: Self.number(value))
            case "finishedOn": record.finishedAt = Timestamp(milliseconds: Self.number(value))
            case "pb": record.worker = value
            case "progress": record.progress = JSONText(trusted: value)
            case "returnvalue": record.result = JSONText(trusted: value)
            case "failedReason": record.failedReason = FlowField.reason(value)
            case "stacktrace": record.stacktrace = StackTraces.decode(value)
            case "defa": record.deferredFailure = isClaimed ? value : FlowField.reason(value)
            case "cnl": cancelledAttempt = value
            case "delay", "grp": break
            case "parentKey": parentKey = value
            case "parent": parentText = value
            // The scripts that show jobs put them here.
            case "dps": record.dependents = FlowField.dependents(value)
            default: if let step = Self.step(field, value) { record.steps.append(step) }
            }
        }
        let options = coder.options(stored ?? "{}")
        record.options = options ?? JobOptions()
        // A job whose options are damaged must not hold up the others: it is handed out, to fail.
        if options == nil, record.deferredFailure == nil { record.deferredFailure = "the stored options can't be read" }
        if state == .active { record.isCancelRequested = cancelledAttempt != nil && cancelledAttempt == attempt }
        if !state.isFinished { record.finishedAt = nil }
        if record.steps.count > 1 { record.steps = record.steps.inOrder() }
        if let parentKey { record.parent = FlowField.parent(key: parentKey, text: parentText) }
        record.isHeldElsewhere = state == .active && mark == "elsewhere"
        if state == .delayed, let score = mark.flatMap(Double.init) {
            record.dueAt = Timestamp(milliseconds: Int64((score / 4096).rounded(.down)))
        }
        return record
    }

    /// Before the name of a step in the name of its field (`Scripts/include/steps.lua`).
    private static let stepPrefix = "step:"

    /// What a step has recorded; nil for another field.
    private static func step(_ field: String, _ value: String) -> JobStep? {
        guard isStep(field) else { return nil }
        // Something else wrote a field without the time.
        guard value.utf8.contains(UInt8(ascii: " ")) else { return nil }
        let time = value.utf8.prefix { $0 != UInt8(ascii: " ") }
        return JobStep(
            name: StepName(stored: String(Substring(field.utf8.dropFirst(stepPrefix.utf8.count)))),
            result: JSONText(trusted: String(Substring(value.utf8.dropFirst(time.count + 1)))),
            recordedAt: Timestamp(milliseconds: number(String(Substring(time)))))
    }

    /// Whether a field is that of a step. By bytes: what follows may combine with the last character of the prefix.
    static func isStep(_ field: String) -> Bool { field.utf8.starts(with: stepPrefix.utf8) }

    /// The field of a step, and its value.
    static func fields(of step: JobStep) -> [String] {
        [stepPrefix + step.name.text, "\(step.recordedAt.milliseconds) \(step.result.text)"]
    }

    /// A whole number; what is none counts as zero, and a fraction is cut off, as BullMQ's clients do.
    private static func number(_ text: String) -> Int64 {
        Int64(text) ?? Double(text).flatMap { Int64(exactly: $0.rounded(.towardZero)) } ?? 0
    }
}
