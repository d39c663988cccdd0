import DroverCore
import RedisClient

extension RedisStore {
    /// Changes a setting of a group, or of all groups that have none of their own.
    func setGroup(
        _ name: String?, _ setting: GroupSetting, of queue: QueueName
    ) async throws(StoreError) -> CommandResult {
        let (word, value, more) =
            switch setting {
            case .weight(let weight): ("weight", weight.map { String($0) } ?? "", "")
            case .concurrency(let most): ("concurrency", most.map { String($0) } ?? "", "")
            case .rate(let rate):
                ("rate", rate.map { String($0.max) } ?? "", rate.map { String($0.per.wholeMilliseconds) } ?? "")
            case .pause: ("paused", "1", "")
            case .resume: ("paused", "", "")
            }
        var arguments = arguments()
        for text in [name ?? "", word, value, more] { arguments.append(text) }
        _ = try await run(Scripts.setGroup, queue, more: [keys.queues], arguments, "configure a group of \(queue)")
        return .done
    }

    /// Lists the groups of a queue by name; a cursor is the name of the last one.
    func groups(of queue: QueueName, _ page: Page) async throws(StoreError) -> JobPage {
        if let after = page.after, after.text.isEmpty { throw PlaceCursor.unknown(after) }
        var arguments = RedisArguments(capacity: 64)
        for text in [page.order.rawValue, String(page.limit), page.after?.text ?? ""] { arguments.append(text) }
        let items = try await run(Scripts.listGroups, queue, arguments, "list the groups of \(queue)").items ?? []
        var found = JobPage(jobs: [])
        let texts = items.map { $0.text ?? "" }
        if texts.count >= 4 { found.everyGroup = Self.limits(texts[0..<4]) }
        for index in stride(from: 4, to: items.count - 11, by: 12) {
            let texts = Array(texts[index..<index + 12])
            var group = GroupSummary(
                name: texts[0], waiting: Int(items[index + 1].int ?? 0), active: Int(items[index + 2].int ?? 0),
                isPaused: texts[3] == "1", weight: Int(texts[4]) ?? 1, concurrency: Int(texts[5]))
            if let max = Int(texts[6]), let span = Int64(texts[7]) {
                group.rate = GroupRate(max: max, per: .milliseconds(span))
            }
            group.own = Self.limits(texts[8..<12])
            found.groups.append(group)
        }
        if found.groups.count == page.limit { found.next = found.groups.last.map { PageCursor($0.name) } }
        return found
    }

    /// Limits as they are answered: weight, concurrency, jobs and ms of the rate, each empty for none.
    private static func limits(_ texts: ArraySlice<String>) -> GroupLimits {
        let texts = Array(texts)
        var limits = GroupLimits(weight: Int(texts[0]), concurrency: Int(texts[1]))
        if let max = Int(texts[2]), let span = Int64(texts[3]) {
            limits.rate = GroupRate(max: max, per: .milliseconds(span))
        }
        return limits
    }
}
