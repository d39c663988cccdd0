import DroverCore

/// What a job knows of its children.
struct Children: Sendable {
    /// How one of them stands.
    enum Standing: Sendable {
        case pending
        case processed(JSONText)
        case ignored(String)
        case failed

        var status: ChildStatus {
            switch self {
            case .pending: .pending
            case .processed: .processed
            case .ignored: .ignored
            case .failed: .failed
            }
        }
    }

    private var standings: [JobKey: Standing] = [:]
    private(set) var counts = ChildCounts()
    /// How long the job is delayed once it need not wait for them.
    var delay: Duration = .zero

    var isEmpty: Bool { standings.isEmpty }

    /// The children of any status.
    var keys: [JobKey] { standings.keys.sorted(by: Self.isBefore) }

    subscript(child: JobKey) -> Standing? {
        get { standings[child] }
        set {
            if let old = standings[child] { counts[old.status] -= 1 }
            if let newValue { counts[newValue.status] += 1 }
            standings[child] = newValue
        }
    }

    func isPending(_ child: JobKey) -> Bool { standings[child]?.status == .pending }

    func page(_ status: ChildStatus, _ page: Page) throws(StoreError) -> ChildPage {
        let isAscending = page.order == .ascending
        var keys = keys.filter { standings[$0]?.status == status }
        if !isAscending { keys.reverse() }
        if let cursor = page.after {
            let parts = cursor.text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw .unknownCursor }
            let place = JobKey(
                queue: QueueName(stored: String(parts[0])), id: JobID(stored: String(parts[1])))
            keys.removeAll { isAscending ? !Self.isBefore(place, $0) : !Self.isBefore($0, place) }
        }
        let shown = keys.prefix(page.limit)
        let next = shown.count < page.limit ? nil : shown.last.map { PageCursor("\($0.queue):\($0.id)") }
        return ChildPage(children: shown.map(record), counts: counts, next: next)
    }

    private func record(_ key: JobKey) -> ChildRecord {
        switch standings[key] {
        case .processed(let result): ChildRecord(key: key, status: .processed, result: result)
        case .ignored(let reason): ChildRecord(key: key, status: .ignored, reason: reason)
        case .failed: ChildRecord(key: key, status: .failed)
        case .pending, nil: ChildRecord(key: key, status: .pending)
        }
    }

    private static func isBefore(_ left: JobKey, _ right: JobKey) -> Bool {
        (left.queue, left.id) < (right.queue, right.id)
    }
}
