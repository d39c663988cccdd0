import ArgumentParser

/// `drover dead`: what jobs leave when they fail for good.
struct DeadGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "List dead letters, replay or discard them, one or all.",
        discussion: """
            A job with a dead-letter queue (drover add --dead-letter, or dead-letter in the configuration) leaves a letter there \
            when it fails for good: a waiting job with its name, its payload and its history. Letters wait until somebody replays \
            or discards them; a worker of that queue would run them.
            """,
        subcommands: [DeadList.self, DeadShow.self, DeadReplay.self, DeadDiscard.self, DeadRoute.self])
}
