/// What the argument parser does not know of the commands and the manual page tells: variables of the environment, and files.
enum ManualSurroundings {
    /// A name and what is to be known of it.
    typealias Entry = (name: String, text: String)

    /// The variables that commands read, and those that they set for programs.
    static let environment: [Entry] = [
        (
            "DROVER_STORE",
            """
            The store where --store is not given; for drover move the one to move from. Other users of the machine can read a \
            command line and not this variable: a URL with a password belongs here.
            """
        ),
        ("DROVER_MOVE_TO", "The store to move to, where drover move has no --to."),
        (
            "DROVER_CONFIG",
            "The configuration of serve, config check and init, where neither --config nor a path is given."
        ),
        ("DROVER_PROFILE", "development or production, where --profile is not given. It wins over the file's profile."),
        (
            "DROVER_ENCRYPTION_KEYS",
            "The keys of encrypted payloads: ID:KEY, the current one first, with commas or line ends between them."
        ),
        (
            "DROVER_ENCRYPTION_KEYS_FILE",
            "The path of a file with these keys, a line for each. Only one of the two may be set. --encryption-keys wins over both."
        ),
        ("DROVER_HTTP_SECRET", "Signs the requests of http: handlers: whsec_ and base64, or any other text."),
        (
            "DROVER_<SETTING>",
            """
            Any setting of the configuration, for serve and config check; it wins over the file. The name is the way to the \
            setting in capitals, with _ for every other sign: DROVER_SERVER_PORT for server.port, \
            DROVER_QUEUES_MAIL_CONCURRENCY for queues.mail.concurrency. Lists have commas between their words.
            """
        ),
        (
            "DROVER_<SETTING>_FILE",
            "The path of a file with the value of that setting, as DROVER_STORE_FILE=/run/secrets/store. Again for serve and config check."
        ),
        (
            "DROVER_JOB_ID, DROVER_QUEUE, DROVER_JOB_NAME, DROVER_ATTEMPT, DROVER_IDEMPOTENCY_KEY",
            """
            Set for programs that an exec: handler starts: the job's id, its queue and name, the number of the attempt, and \
            a key that is the same in every attempt. Such programs see the worker's environment too, without \
            DROVER_HTTP_SECRET and DROVER_ENCRYPTION_KEYS.
            """
        ),
    ]

    /// The files that commands use where no other is named.
    static let files: [Entry] = [
        ("drover.sqlite", "The store, in the working directory."),
        (
            "drover.sqlite-wal, drover.sqlite-shm",
            """
            The log of a SQLite store and its index, while it is in use and after a crash. The log may hold the last jobs: \
            never copy or replace the store's file without a look at them; drover backup makes a copy that is whole.
            """
        ),
        (
            "drover.yaml",
            "The configuration, in the working directory. drover init writes one with every setting explained."
        ),
    ]
}
