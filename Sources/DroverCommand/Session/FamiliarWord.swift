/// Commands that other programs have, and people try: what does the same here.
enum FamiliarWord {
    /// What to do instead of a command that there is not; nil for a word of which nothing is known.
    static func advice(for word: String) -> String? { advice[word.lowercased()] }

    /// By word.
    static let advice: [String: String] = {
        let state = "the store's state: drover doctor; its queues: drover queues"
        let lists = "lists: drover queues, drover jobs --queue Q, drover schedules, drover workers"
        let work = "to run jobs: drover work --queue Q --handler H, or drover serve with a configuration"
        return [
            "log": "a job's log: drover job --queue Q ID", "logs": "a job's log: drover job --queue Q ID",
            "show": "a job: drover job --queue Q ID", "status": state, "stats": state, "info": state,
            "list": lists, "ls": lists, "ps": "workers: drover workers", "run": work, "start": work,
            "enqueue": "to add a job: drover add --queue Q NAME", "push": "to add a job: drover add --queue Q NAME",
            "delete": "to remove a job: drover remove --queue Q ID",
            "rm": "to remove a job: drover remove --queue Q ID",
            "cron": "schedules: drover schedules, drover schedule put",
            "version": "the version: drover --version",
        ]
    }()
}
