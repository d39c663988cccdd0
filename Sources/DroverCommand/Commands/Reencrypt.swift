import ArgumentParser
import Drover
import DroverCore
import Logging

/// `drover reencrypt`.
struct Reencrypt: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "reencrypt",
        abstract: "Encrypt what is stored anew with the current key, and tell which older keys are still needed.",
        discussion: """
            Goes over the payloads of jobs in every state, and of schedules. What an older key encrypted gets the current \
            one, the first of the keys; what is plain stays plain, but where --config says that a queue is encrypted. Give \
            the older keys too: they open what is there.

            Workers and producers may go on. Jobs that run are left alone, since their handlers may replace their \
            payloads: run the command again when they have ended. Let every worker have the new key, and every producer \
            encrypt with it, before you begin. It can be stopped at any moment: the same command goes on where it was.

            What can't be read stays as it is, and is told by its id. Results, and what steps recorded, are not encrypted \
            anew: their key is needed until their jobs are removed. The exit status is 0 when no older key is needed any \
            more, else 1. docs/encryption.md has the steps of a rotation.

            Examples:
              drover reencrypt --encryption-keys keys
              drover reencrypt --config /etc/drover.yaml --queue cards --json
            """)

    @OptionGroup var store: StoreOptions
    @Option(
        name: .customLong("queue"),
        help: ArgumentHelp("A queue to go over. Repeatable. Default: all queues.", valueName: "name"))
    var queues: [String] = []
    @OptionGroup var keys: KeyOptions
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            """
            Take the keys, what is to be encrypted and, without --store, the store from this configuration of drover \
            serve.
            """, valueName: "path"),
        completion: .file())
    var file: String?
    @Option(
        help: ArgumentHelp(
            "With --config: development or production. Default: DROVER_PROFILE, else what the file says.",
            valueName: "name"))
    var profile: ServeConfiguration.Profile?
    @Flag(help: "Print JSON: an object with key, queues, problems, keys, complete and seconds.")
    var json = false

    var attempt: String { "encrypt jobs anew" }

    func validate() throws {
        if file != nil && keys.file != nil {
            throw ArgumentParser.ValidationError("--config and --encryption-keys: give one of them")
        }
        if file == nil && profile != nil {
            throw ArgumentParser.ValidationError("--profile: it chooses among the settings of --config; give that too")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let (location, encryption) = try source(in: session)
        let names = try queues.map { text throws(DroverCore.ValidationError) in try QueueName(text) }
        // What is stored is stored: its producer may allow longer payloads than others.
        var settings = ServiceConfiguration(
            maxPayloadBytes: .max, clock: session.clock, wallClock: session.wallClock)
        settings.encryption = encryption
        return try await StopWish.heard(in: session) { [settings] stop in
            try await session.withStore(location, .existing) { store in
                let service = JobService(
                    store: store, configuration: settings,
                    logger: StandardErrorLog.logger(level: .warning, session: session))
                let summaries = try await store.summaries(
                    of: names.isEmpty ? nil : names, in: location.description)
                var run = ReencryptRun(
                    service: service, store: store, current: encryption.keys.current, queues: summaries, stop: stop,
                    progress: ProgressLine("job", "looked at", in: session))
                let ending: ReencryptRun.Ending
                do { ending = try await run.run() } catch {
                    run.progress.end()
                    session.output.note(
                        "\(Counted.text(run.changed, "payload")) encrypted anew; the same command goes on from here")
                    throw error
                }
                run.progress.end()
                return ReencryptResult(
                    tallies: run.tallies, ending: ending, ring: encryption.keys.ids, store: location.description,
                    isWholeStore: names.isEmpty, seconds: run.progress.elapsed.seconds
                ).tell(json: json, session.output)
            }
        }
    }

    /// The store, and the keys with what is to be encrypted.
    private func source(in session: Session) throws -> (StoreLocation, PayloadEncryption) {
        if let file {
            let configuration = try ConfigurationOptions.readOrTell(file, profile: profile, in: session)
            guard let encryption = configuration.encryption else {
                throw CommandFailure.usage(
                    "the configuration \(file) has no keys", advice: "name them under encryption.keys")
            }
            return (try store.url.map { url in try StoreLocation(url) } ?? configuration.store, encryption)
        }
        guard let ring = try keys.ring(in: session) else {
            throw CommandFailure.usage(
                "there are no keys to encrypt with",
                advice:
                    "name their file by --encryption-keys or the configuration of drover serve by --config, or set DROVER_ENCRYPTION_KEYS"
            )
        }
        return (try store.location(in: session.environment), PayloadEncryption(ring, standard: .nothing))
    }
}
