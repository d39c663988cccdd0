import DroverCore

/// What a store says of its queues, as metrics; asked anew for each scrape.
struct StoreMetrics {
    /// The queues; nil when the store did not answer.
    var queues: [QueueSummary]?

    /// Asks a store, which is down when it takes longer.
    init(of store: any JobStore, within patience: Duration) async {
        queues =
            await Patience.answer(within: patience) {
                // What went wrong is the metric itself.
                try? await store.queues()
            } ?? nil
    }

    /// Whether a store answers in time.
    static func isUp(_ store: any JobStore, within patience: Duration) async -> Bool {
        // An error is the answer no.
        await Patience.answer(within: patience) { (try? await store.workers()) != nil } ?? false
    }

    func write(to text: inout PrometheusText) {
        text.metric("drover_store_up", .gauge, help: "Whether the store answers: 1 or 0.")
        text.sample("drover_store_up", [], queues == nil ? 0 : 1)
        guard let queues else { return }
        text.metric("drover_queue_jobs", .gauge, help: "Jobs of a queue, by state.")
        for queue in queues {
            for state in JobState.allCases {
                guard let count = queue.known(state) else { continue }
                text.sample(
                    "drover_queue_jobs", [("queue", queue.name.text), ("state", state.rawValue)], Double(count))
            }
        }
        text.metric("drover_queue_paused", .gauge, help: "Whether a queue is paused: 1 or 0.")
        for queue in queues {
            text.sample("drover_queue_paused", [("queue", queue.name.text)], queue.isPaused ? 1 : 0)
        }
        text.metric(
            "drover_queue_max_length", .gauge,
            help: "How many waiting, prioritized and delayed jobs a queue may hold; only of queues with such a bound.")
        for queue in queues {
            guard let most = queue.maxLength else { continue }
            text.sample("drover_queue_max_length", [("queue", queue.name.text)], Double(most))
        }
    }
}
