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
        for index in stride(from: 0, to: items.count - 7, by: 8) {
            let texts = items[index..<index + 8].map { $0.text ?? "" }
            var group = GroupSummary(
                name: texts[0], waiting: Int(items[index + 1].int ?? 0), active: Int(items[index + 2].int ?? 0),
                isPaused: texts[3] == "1", weight: Int(texts[4]) ?? 1, concurrency: Int(texts[5]))
            if let max = Int(texts[6]), let span = Int64(texts[7]) {
                group.rate = GroupRate(max: max, per: .milliseconds(span))
            }
            found.groups.append(group)
        }
        if found.groups.count == page.limit { found.next = found.groups.last.map { PageCursor($0.name) } }
        return found
    }
}
