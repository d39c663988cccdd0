import Testing

/// A configuration that must be refused, and the line that must tell why.
struct BadConfiguration: Sendable, CustomTestStringConvertible {
    /// What is wrong with it, in words.
    let testDescription: String
    /// The file.
    var text: String
    /// The environment.
    var environment: [String: String] = [:]
    /// Where the problem must be told: a line of the file, or a variable.
    var place: String
    /// What the line must say: what is wrong, and what would be right.
    var parts: [String]

    init(_ name: String, _ text: String, at line: Int, _ parts: String...) {
        testDescription = name
        self.text = text
        place = "f.yaml:\(line): "
        self.parts = parts
    }

    /// One whose variables are wrong.
    init(
        _ name: String, _ text: String = Self.good, variables: [String: String], in variable: String, _ parts: String...
    ) {
        testDescription = name
        self.text = text
        environment = variables
        place = "\(variable): "
        self.parts = parts
    }

    /// A file with nothing wrong.
    static let good = """
        store: sqlite:jobs.sqlite
        queues:
          mail:
            handler: noop
        """

    /// A schedule of the good file, its own lines from line 7 on.
    private static func schedule(_ lines: String...) -> String {
        good + "\nschedules:\n  s:\n" + lines.map { "    \($0)\n" }.joined()
    }

    /// A queue's lines from line 3 on.
    private static func queue(_ lines: String...) -> String {
        "queues:\n  mail:\n" + lines.map { "    \($0)\n" }.joined()
    }

    /// 32 bytes, as hexadecimal digits.
    private static let key = String(repeating: "ab", count: 32)

    static let all: [BadConfiguration] = [
        // The file as a whole.
        .init("a tab", "store: sqlite:x\nqueues:\n\tmail:\n", at: 3, "not YAML", "indent with blanks, not with tabs"),
        .init("a quote that is not closed", "store: \"sqlite:x\nqueues: {}\n", at: 3, "not YAML", "quotes"),
        .init("a colon too many", "store: sqlite:x\nlog: level: info\n", at: 2, "not YAML", "mapping values"),
        .init("two documents", "store: sqlite:x\n---\nqueues: {}\n", at: 2, "not YAML", "document"),
        .init("an unknown alias", "store: *nothing\n", at: 1, "not YAML", "alias"),
        .init(
            "a setting twice", "store: sqlite:a\nlog: {}\nstore: sqlite:b\n", at: 3, "\"store\"", "second time",
            "keep one"),
        .init(
            "a queue twice", "queues:\n  a: {handler: noop}\n  b:\n    handler: noop\n  a: {handler: echo}\n", at: 5,
            "\"a\"", "second time"),
        .init("a list instead of settings", "- store\n- queues\n", at: 1, "name: value"),
        .init(
            "a control character", "store: sqlite:x\nlog:\n  level: \"\u{1}\"\n", at: 3, "can't be read",
            "control characters"),
        .init("a name that is a list", "[a, b]: c\n", at: 1, "a name is a single word"),
        .init(
            "too deep", String(repeating: "[", count: 80) + String(repeating: "]", count: 80), at: 1, "too large",
            "64 levels"),
        // Names of settings.
        .init(
            "a misspelled section", good + "\nqueus: {}\n", at: 5, "queus: there is no such setting",
            "did you mean queues?"),
        .init(
            "a misspelled setting", queue("handler: noop", "concurency: 5"), at: 4, "queues.mail.concurency",
            "did you mean concurrency?"),
        .init(
            "an unknown setting", good + "\nserver:\n  colour: red\n", at: 6, "server.colour",
            "known here: enabled, host, port"),
        .init("a setting without a value", queue("handler:"), at: 3, "queues.mail.handler", "no value"),
        .init(
            "a list for a value", queue("handler: noop", "concurrency: [5]"), at: 4, "queues.mail.concurrency",
            "one value, not a list"),
        .init("a value for a section", "queues: mail\n", at: 1, "queues: give settings", "name: value"),
        // Values.
        .init("an unknown profile", "profile: staging\n" + good, at: 1, "profile", "development, production"),
        .init(
            "an unknown store", "store: mysql://db\nqueues: {mail: {handler: noop}}\n", at: 1, "store",
            "not the scheme of a store", "give sqlite:PATH"),
        .init("a store without a scheme", "store: jobs\nqueues: {mail: {handler: noop}}\n", at: 1, "store", "scheme"),
        .init(
            "production without a store", "profile: production\nqueues: {mail: {handler: noop}}\n", at: 0, "store",
            "production", "redis://HOST:PORT"),
        .init("an unknown level", good + "\nlog: {level: verbose}\n", at: 5, "log.level", "trace, debug, info"),
        .init("an unknown format", good + "\nlog:\n  format: jsn\n", at: 6, "log.format", "did you mean json?"),
        .init("a port that is none", good + "\nserver: {port: 70000}\n", at: 5, "server.port", "0 to 65535"),
        .init(
            "a host that is a URL", good + "\nserver:\n  host: http://x\n", at: 6, "server.host", "no address",
            "127.0.0.1"),
        .init("a yes that is none", good + "\nserver: {enabled: maybe}\n", at: 5, "server.enabled", "true, false"),
        .init("a lease too short", good + "\nworker:\n  lease: 10ms\n", at: 6, "worker.lease", "at least 100ms"),
        .init("a span without a unit", good + "\nworker: {grace: 30}\n", at: 5, "worker.grace", "a number and a unit"),
        .init("a negative number", good + "\nworker: {max-stalled: -1}\n", at: 5, "worker.max-stalled", "0 to"),
        .init(
            "a type that no queue has", good + "\nworker: {types: [defalt]}\n", at: 5, "worker.types",
            "no queue has the type", "did you mean default?"),
        .init("a secret that is none", good + "\nhttp-secret: whsec_%%%\n", at: 5, "http-secret", "base64"),
        .init(
            "a file that is not there", good + "\nhttp-secret: {file: /nowhere/at/all}\n", at: 5, "http-secret",
            "/nowhere/at/all can't be opened"),
        .init("a yes for jobs", good + "\nlog: {jobs: all}\n", at: 5, "log.jobs", "true, false"),
        .init(
            "a key too short", good + "\nencryption:\n  keys:\n    k1: c2hvcnQ=\n", at: 7, "encryption.keys.k1",
            "has 5 bytes", "openssl rand -base64 32"),
        .init(
            "a key that is none", good + "\nencryption:\n  keys:\n    k1: \"%%%\"\n", at: 7, "encryption.keys.k1",
            "neither base64 nor hexadecimal"),
        .init(
            "an id of a key", good + "\nencryption:\n  keys:\n    a b: \(key)\n", at: 7, "encryption.keys.a b",
            "no id of a key", "1 to 64 letters"),
        .init(
            "keys without an id", good + "\nencryption: {keys: \(key)}\n", at: 5, "encryption.keys", "not ID:KEY"),
        .init(
            "a current key that there is not", good + "\nencryption:\n  keys: {k1: \(key)}\n  current: k2\n", at: 7,
            "encryption.current", "there is no key", "k1"),
        .init(
            "encryption without keys", good + "\nencryption:\n  results: true\n", at: 5, "encryption.keys",
            "there is no key", "main: {file: PATH}"),
        .init(
            "a word for plain payloads", good + "\nencryption:\n  keys: {k1: \(key)}\n  plain: deny\n", at: 7,
            "encryption.plain", "accept, refuse"),
        .init(
            "a queue that is encrypted without keys", queue("handler: noop", "encrypt: true"), at: 4,
            "queues.mail.encrypt", "there is no key", "encryption.keys"),
        .init(
            "a path that is none", queue("handler: noop", "encrypt: [a..b]"), at: 4, "queues.mail.encrypt",
            "a name is missing"),
        .init("no path", queue("handler: noop", "encrypt: []"), at: 4, "queues.mail.encrypt", "names no path"),
        .init(
            "a variable with keys that are none", variables: ["DROVER_ENCRYPTION_KEYS": "k1:c2hvcnQ="],
            in: "DROVER_ENCRYPTION_KEYS", "encryption.keys", "has 5 bytes"),
        .init("no queue", "store: sqlite:x\n", at: 0, "queues", "there is no queue", "handler"),
        .init("a queue's name with a colon", "queues:\n  \"a:b\": {handler: noop}\n", at: 2, "a colon"),
        .init(
            "no concurrency", queue("handler: noop", "concurrency: many"), at: 4, "queues.mail.concurrency",
            "whole number from 1 to 10000"),
        .init(
            "a cap that is none", good + "\ncaps: {heavy: none}\n", at: 5, "caps.heavy", "whole number from 1 to 10000"),
        .init(
            "a maximum length of nothing", queue("max-length: 0"), at: 3, "queues.mail.max-length",
            "1 to 1,000,000,000",
            "none"),
        .init(
            "a concurrency of nothing on all workers", queue("global-concurrency: 0"), at: 3,
            "queues.mail.global-concurrency", "1 to 1,000,000", "none"),
        .init("a rate without a span", queue("rate: 50"), at: 3, "queues.mail.rate", "50/1s", "none"),
        .init("a rate of no jobs", queue("rate: 0/1s"), at: 3, "queues.mail.rate", "pause the queue"),
        .init("a rate with a strange window", queue("rate: 5/1s rolling"), at: 3, "queues.mail.rate", "fixed"),
        .init("a worker's rate without a span", queue("worker-rate: 5"), at: 3, "queues.mail.worker-rate", "50/1s"),
        .init(
            "a worker's rate that slides", queue("worker-rate: 5/1s sliding"), at: 3, "queues.mail.worker-rate",
            "leave sliding out"),
        .init(
            "a rate of every group that slides", queue("every-group: {rate: 5/1s sliding}"), at: 3,
            "queues.mail.every-group.rate", "leave sliding out"),
        .init(
            "a rate of a group that slides", queue("groups:", "  vip: {rate: 5/1s sliding}"), at: 4,
            "queues.mail.groups.vip.rate", "leave sliding out"),
        .init("a negative maximum length", queue("max-length: -1"), at: 3, "queues.mail.max-length", "1 to", "none"),
        .init(
            "a negative concurrency on all workers", queue("global-concurrency: -1"), at: 3,
            "queues.mail.global-concurrency", "1 to 1,000,000", "none"),
        .init("a negative rate", queue("rate: -5/1s"), at: 3, "queues.mail.rate", "pause the queue"),
        .init("a negative worker's rate", queue("worker-rate: -5/1s"), at: 3, "queues.mail.worker-rate", "1 to"),
        .init(
            "a negative concurrency of every group", queue("every-group: {concurrency: -2}"), at: 3,
            "queues.mail.every-group.concurrency", "1 to 1,000,000"),
        .init(
            "a negative weight of a group", queue("groups:", "  vip: {weight: -2}"), at: 4,
            "queues.mail.groups.vip.weight", "1 to 100"),
        .init(
            "a weight of nothing", queue("every-group: {weight: 0}"), at: 3, "queues.mail.every-group.weight",
            "1 to 100"),
        .init(
            "a setting of a group with a slip", queue("groups:", "  vip: {wieght: 3}"), at: 4,
            "queues.mail.groups.vip.wieght", "did you mean weight?"),
        .init(
            "a group of no name", queue("groups:", "  '': {weight: 3}"), at: 4, "queues.mail.groups.", "1 to 256 bytes"),
        .init("a cap that is not there", queue("cap: heavy"), at: 3, "queues.mail.cap", "no cap", "under caps"),
        .init(
            "a cap with a slip", "caps: {heavy: 2}\n" + queue("cap: haevy"), at: 4, "queues.mail.cap",
            "did you mean heavy?"),
        .init("too much concurrency", queue("concurrency: 20000"), at: 3, "queues.mail.concurrency", "10000"),
        .init("an unknown handler", queue("handler: python"), at: 3, "queues.mail.handler", "exec:COMMAND"),
        .init(
            "a handler whose quote is open", queue("handler: \"exec:sh -c 'x\""), at: 3, "queues.mail.handler",
            "quote is not closed"),
        .init(
            "a handler's URL", queue("handlers:", "  a: http:somewhere"), at: 4, "queues.mail.handlers.a",
            "https://host/path"),
        .init("no attempts", queue("attempts: 0"), at: 3, "queues.mail.attempts", "from 1"),
        .init(
            "an unknown backoff", queue("backoff: linear:1s"), at: 3, "queues.mail.backoff",
            "fixed:DURATION, exponential:DURATION or custom:NAME"),
        .init("no retention", queue("keep-failed: forever"), at: 3, "queues.mail.keep-failed", "all, none, a count"),
        .init("no time for retries", queue("retry-for: 0s"), at: 3, "queues.mail.retry-for", "at least 1ms"),
        .init(
            "a queue of dead letters that is its own", queue("dead-letter: mail"), at: 3, "queues.mail.dead-letter",
            "can't be its own"),
        .init("no name of a queue", queue("dead-letter: \"a:b\""), at: 3, "queues.mail.dead-letter", "colon"),
        .init("no timeout", queue("timeout: 0s"), at: 3, "queues.mail.timeout", "at least 1ms"),
        .init(
            "defaults that are none", good + "\ndefaults:\n  attempts: three\n", at: 6, "defaults.attempts",
            "whole number"),
        .init(
            "a profile's mistake", good + "\nprofiles:\n  development:\n    server:\n      port: x\n", at: 8,
            "server.port", "whole number"),
        .init(
            "a mistake of a profile that is not chosen",
            good + "\nprofiles:\n  production:\n    store: sqlite:x\n    server: {prt: 3}\n", at: 8, "server.prt",
            "did you mean port?"),
        .init(
            "a profile that there is not", good + "\nprofiles:\n  prod: {}\n", at: 6, "profiles.prod",
            "development or production"),
        // Schedules.
        .init(
            "a schedule without a queue", schedule("job: j", "every: 1m"), at: 6, "schedules.s", "no queue",
            "queue: NAME"),
        .init(
            "a schedule without a job", schedule("queue: mail", "every: 1m"), at: 6, "schedules.s", "no job",
            "job: NAME"),
        .init(
            "a schedule without times", schedule("queue: mail", "job: j"), at: 6, "schedules.s", "no times", "every: 1h"
        ),
        .init(
            "a schedule with both", schedule("queue: mail", "job: j", "every: 1m", "cron: \"* * * * *\""), at: 10,
            "schedules.s.cron", "one of them"),
        .init(
            "a schedule's unknown queue", schedule("queue: mial", "job: j", "every: 1m"), at: 7, "schedules.s.queue",
            "did you mean mail?"),
        .init(
            "a cron expression", schedule("queue: mail", "job: j", "cron: \"0 25 * * *\""), at: 9, "schedules.s.cron",
            "hour"),
        .init(
            "a zone", schedule("queue: mail", "job: j", "cron: \"* * * * *\"", "time-zone: Mars/Olympus"), at: 10,
            "schedules.s.time-zone", "Mars/Olympus"),
        .init(
            "a zone for an interval", schedule("queue: mail", "job: j", "every: 1m", "time-zone: UTC"), at: 10,
            "schedules.s.time-zone", "goes with cron"),
        .init(
            "an offset for cron", schedule("queue: mail", "job: j", "cron: \"* * * * *\"", "offset: 1s"), at: 10,
            "schedules.s.offset", "goes with every"),
        .init(
            "an offset too long", schedule("queue: mail", "job: j", "every: 1m", "offset: 2m"), at: 6, "schedules.s",
            "offset", "less than the interval"),
        .init(
            "an end before the start",
            schedule("queue: mail", "job: j", "every: 1m", "from: 2030-01-01T00:00:00Z", "until: 2029-01-01T00:00:00Z"),
            at: 6, "ends before it starts"),
        .init(
            "a day that there is not", schedule("queue: mail", "job: j", "every: 1m", "from: 2030-02-31T00:00:00Z"),
            at: 10, "schedules.s.from", "2026-01-31T06:00:00Z"),
        .init(
            "a number that JSON has not", schedule("queue: mail", "job: j", "every: 1m", "data: {n: .inf}"), at: 10,
            "schedules.s.data", "JSON has no number", "in quotes"),
        .init(
            "an overlap", schedule("queue: mail", "job: j", "every: 1m", "overlap: deny"), at: 10,
            "schedules.s.overlap", "allow, forbid"),
        .init(
            "a catch-up", schedule("queue: mail", "job: j", "every: 1m", "catch-up: some"), at: 10,
            "schedules.s.catch-up", "skip, latest"),
        .init(
            "a limit", schedule("queue: mail", "job: j", "every: 1m", "limit: 0"), at: 10, "schedules.s.limit", "from 1"
        ),
        // The environment.
        .init(
            "a variable's value", variables: ["DROVER_QUEUES_MAIL_CONCURRENCY": "lots"],
            in: "DROVER_QUEUES_MAIL_CONCURRENCY", "queues.mail.concurrency", "whole number"),
        .init(
            "a variable of no queue", variables: ["DROVER_QUEUES_MIAL_CONCURRENCY": "5"],
            in: "DROVER_QUEUES_MIAL_CONCURRENCY", "sets nothing", "did you mean DROVER_QUEUES_MAIL_CONCURRENCY?"),
        .init(
            "a variable and its file", variables: ["DROVER_STORE": "sqlite:x", "DROVER_STORE_FILE": "/y"],
            in: "DROVER_STORE", "store", "DROVER_STORE_FILE is set too"),
        .init(
            "a variable's file that is not there", variables: ["DROVER_STORE_FILE": "/nowhere"],
            in: "DROVER_STORE_FILE", "store", "can't be opened"),
        .init(
            "a type from the environment", variables: ["DROVER_WORKER_TYPES": "default,slow"],
            in: "DROVER_WORKER_TYPES", "worker.types", "no queue has the type \"slow\""),
        .init(
            "a variable of two queues", "queues: {mail: {handler: noop}, Mail: {handler: noop}}\n",
            variables: ["DROVER_QUEUES_MAIL_CONCURRENCY": "2"], in: "DROVER_QUEUES_MAIL_CONCURRENCY",
            "queues.mail.concurrency", "queues.Mail.concurrency", "set them in the file"),
        .init("no type", good + "\nworker: {types: []}\n", at: 5, "worker.types", "names no type"),
        .init(
            "one name in two spellings", "queues:\n  1: {handler: noop}\n  \"1\": {handler: echo}\n", at: 3, "\"1\"",
            "second time"),
        .init(
            "a merge", "queues:\n  a: &a {handler: noop}\n  b:\n    <<: *a\n", at: 4, "<<", "write the settings out"),
        .init("a tab after Windows' line ends", "queues:\r\n\tmail:\r\n", at: 2, "not with tabs"),
        .init(
            "a profile from the environment", variables: ["DROVER_PROFILE": "prod"], in: "DROVER_PROFILE", "profile",
            "development, production"),
    ]
}
