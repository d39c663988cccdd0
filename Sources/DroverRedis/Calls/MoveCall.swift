import DroverCore
import RedisClient

/// A step of a move as its script is given it, and what the script answers (`Scripts/move.lua`).
struct MoveCall {
    let step: MoveStep

    /// The arguments behind the time.
    func write(to arguments: inout RedisArguments, options coder: inout OptionsCoder) throws(StoreError) {
        arguments.append(step.expected ?? "")
        arguments.append(step.checkpoint?.mark ?? "")
        arguments.append(try step.checkpoint?.text ?? "")
        arguments.append(step.raisedAbove)
        arguments.append(step.arrivingSchedules.count)
        for schedule in step.arrivingSchedules { try Self.write(schedule, to: &arguments, options: &coder) }
        arguments.append(step.arriving.count)
        for job in step.arriving { try Self.write(job, to: &arguments) }
        arguments.append(step.leavingSchedules.count)
        for schedule in step.leavingSchedules {
            arguments.append(schedule.id.text)
            arguments.append(schedule.slot.milliseconds)
        }
        arguments.append(step.leaving.count)
        for job in step.leaving {
            arguments.append(job.id.text)
            arguments.append(job.createdAt.milliseconds)
        }
    }

    private static func write(
        _ whole: WholeSchedule, to arguments: inout RedisArguments, options coder: inout OptionsCoder
    ) throws(StoreError) {
        let record = whole.record
        arguments.append(record.schedule.key.id.text)
        arguments.append(record.slot.milliseconds)
        arguments.append(record.isPaused ? "1" : "0")
        var fields = try ScheduleHash.fields(
            of: record.schedule, options: &coder, defaultOptions: EnqueueCall.defaultOptions)
        if let place = fields.firstIndex(of: "opts") { fields[place + 1] = whole.options ?? EnqueueCall.defaultOptions }
        fields += ["ic", String(record.iterations)]
        if record.hasEnded { fields += ["ended", String(record.slot.milliseconds)] }
        write(fields, to: &arguments)
        arguments.append(whole.pending == nil ? "0" : "1")
        if let pending = whole.pending { try write(pending, to: &arguments) }
    }

    private static func write(_ whole: WholeJob, to arguments: inout RedisArguments) throws(StoreError) {
        let record = whole.record
        arguments.append(record.key.id.text)
        arguments.append(record.arrivalState.rawValue)
        arguments.append(((record.state == .delayed ? record.dueAt : record.finishedAt)?.description) ?? "")
        arguments.append(whole.options ?? EnqueueCall.defaultOptions)
        write(try JobHash.fields(of: record), to: &arguments)
        write(whole.log, to: &arguments)
        arguments.append(whole.deduplication?.id ?? "")
        arguments.append(whole.deduplication?.isHeld == true ? "1" : "0")
        arguments.append(whole.deduplication?.remaining.map { String($0.wholeMilliseconds) } ?? "")
    }

    private static func write(_ list: [String], to arguments: inout RedisArguments) {
        arguments.append(list.count)
        for text in list { arguments.append(text) }
    }

    /// The reply of the boundary, from the script's.
    func reply(_ answer: RESPValue) throws(StoreError) -> MoveReply {
        let items = answer.items ?? []
        switch items.first?.text {
        case "done" where items.count >= 5:
            var report = MoveReport()
            report.stored = Int(items[1].int ?? 0)
            report.known = Int(items[2].int ?? 0)
            report.schedules = Int(items[3].int ?? 0)
            report.removed = Int(items[4].int ?? 0)
            report.held = items[5...].compactMap { $0.text.map(JobID.init(stored:)) }
            return .done(report)
        case "conflict" where items.count == 2:
            let body = items[1].text ?? ""
            return .conflict(body.isEmpty ? nil : try MoveCheckpoint(text: body))
        case "refused":
            var refusals: [MoveRefusal] = []
            for index in stride(from: 1, to: items.count - 1, by: 2) {
                let id = items[index + 1].text ?? ""
                refusals.append(
                    items[index].text == "job" ? .job(JobID(stored: id)) : .schedule(ScheduleID(stored: id)))
            }
            return .refused(refusals)
        default:
            throw StoreError(.corrupt, "moving jobs of \(step.queue) was answered in a form that is not its own")
        }
    }
}
