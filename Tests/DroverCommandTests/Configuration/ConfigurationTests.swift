import Drover
import DroverCore
import DroverTesting
import Foundation
import Logging
import Testing

@testable import DroverCommand

@Suite struct ConfigurationTests {
    private func read(
        _ text: String, _ environment: [String: String] = [:], profile: ServeConfiguration.Profile? = nil,
        files: [String: String] = [:]
    ) throws -> ServeConfiguration {
        try ServeConfiguration.read(text, file: "f.yaml", profile: profile, environment: environment) { path in
            guard let text = files[path] else {
                throw CommandFailure.usage("the file \(path) can't be opened: there is none")
            }
            return text
        }
    }

    @Test("a bad configuration is refused with the right line and advice", arguments: BadConfiguration.all)
    func refused(_ bad: BadConfiguration) throws {
        let refusal = #expect(throws: ConfigurationRefusal.self) { try read(bad.text, bad.environment) }
        let lines = try #require(refusal).lines
        let place = bad.place == "f.yaml:0: " ? "f.yaml: " : bad.place
        #expect(lines.count == 1, "\(lines)")
        let line = try #require(lines.first)
        #expect(line.hasPrefix(place), "\(line)")
        for part in bad.parts { #expect(line.contains(part), "\(line)") }
    }

    /// The files that documents and the template name.
    private static let secrets = [
        "/run/secrets/webhooks": "whsec_c2VjcmV0", "/run/secrets/store": "sqlite:other",
        "/run/secrets/drover-key": String(repeating: "ab", count: 32),
        "/run/secrets/drover-key-2026": String(repeating: "cd", count: 32),
        "/run/secrets/drover-keys":
            "k2:\(String(repeating: "ab", count: 32))\nk1:\(String(repeating: "cd", count: 32))\n",
    ]

    @Test("keys come from files, variables or one file with all of them; queues say what is encrypted")
    func encryption() throws {
        let text = """
            encryption:
              keys:
                k1: {file: /run/secrets/drover-key}
                k2: {file: /nowhere}
              current: k2
              results: false
              plain: refuse
            queues:
              cards: {handler: noop, encrypt: true}
              orders: {handler: noop, encrypt: [card.number, "items[].secret"]}
              mail: {handler: noop, encrypt: false}
              more: {handler: noop, encrypt: a}
            """
        let read = try read(
            text,
            [
                "DROVER_ENCRYPTION_KEYS_K2_FILE": "/run/secrets/drover-key-2026", "DROVER_QUEUES_MORE_ENCRYPT": "b.c,d",
            ], files: Self.secrets)
        let encryption = try #require(read.encryption)
        #expect(encryption.keys.ids == ["k2", "k1"])
        #expect(!encryption.results && encryption.refusesPlain && encryption.standard == .nothing)
        #expect(
            encryption.queues == [
                "cards": .whole, "orders": .paths(["card.number", "items[].secret"]), "mail": .nothing,
                "more": .paths(["b.c", "d"]),
            ])
        let queue = "queues: {q: {handler: noop, encrypt: true}}\n"
        for one in [
            try self.read("encryption: {keys: {file: /run/secrets/drover-keys}}\n" + queue, files: Self.secrets),
            try self.read(queue, ["DROVER_ENCRYPTION_KEYS_FILE": "/run/secrets/drover-keys"], files: Self.secrets),
            try self.read(
                "encryption: {current: k2}\n" + queue,
                [
                    "DROVER_ENCRYPTION_KEYS": Self.secrets["/run/secrets/drover-keys"] ?? ""
                ]),
        ] {
            #expect(one.encryption?.keys.ids == ["k2", "k1"])
            #expect(one.encryption?.results == true && one.encryption?.refusesPlain == false)
        }
        #expect(try self.read(queue.replacing(", encrypt: true", with: "")).encryption == nil)
    }

    @Test("everything that is wrong is told at once, in the order of the lines, the environment last")
    func allAtOnce() throws {
        let refusal = #expect(throws: ConfigurationRefusal.self) {
            try read(
                "store: nope\nqueues:\n  a: {concurrency: x, handler: y}\n  b: {colour: z}\n",
                ["DROVER_QUEUES_B_CONCURRENCY": "0"])
        }
        let places = try #require(refusal).lines.map { $0.split(separator: ": ")[0] }
        #expect(places == ["f.yaml:1", "f.yaml:3", "f.yaml:3", "f.yaml:4", "DROVER_QUEUES_B_CONCURRENCY"])
    }

    @Test("what is not said has its default")
    func defaults() throws {
        let configuration = try read("queues: {mail: {handler: noop}}")
        #expect(configuration.store == .standard && configuration.profile == .development)
        #expect(configuration.log == ServeConfiguration.Log(level: .info, format: .text))
        #expect(configuration.server == ServeConfiguration.Server(host: "127.0.0.1", port: 8484))
        #expect(configuration.worker == ServeConfiguration.Worker())
        #expect(configuration.encryption == nil && !configuration.log.jobs)
        #expect(configuration.queues.map(\.concurrency) == [1])
        #expect(configuration.workedQueues == configuration.queues)
    }

    @Test("every setting is read")
    func everything() throws {
        let configuration = try read(
            """
            profile: production
            store: redis://db:6379/2
            log: {level: debug, format: text}
            server: {host: 0.0.0.0, port: 9000}
            http-secret: s3cret
            worker: {lease: 1m, grace: 5s, max-stalled: 3, types: [mail, default]}
            defaults: {attempts: 3, backoff: "exponential:1s", keep-completed: "100,1h"}
            caps: {heavy: 3, light: 9}
            queues:
              mail:
                concurrency: 7
                cap: heavy
                max-length: 5000
                global-concurrency: 3
                rate: 50/1s fixed
                worker-rate: 10/m
                every-group: {concurrency: 2, rate: 10/1s}
                groups:
                  customer-7: {weight: 5, concurrency: none}
                  "a b:c": {rate: 1/h}
                type: mail
                attempts: 5
                timeout: 2m
                retry-for: 1d
                dead-letter: mail-dead
                keep-failed: none
                handlers: {welcome: "exec:./send", bill: http:https://x.example/bill}
                handler: echo
              other: {}
            schedules:
              nightly:
                queue: mail
                job: digest
                cron: "30 2 * * MON-FRI"
                time-zone: Europe/Berlin
                data: {n: 12345678901234567890, list: [1.50, "1", true, ~, text, on, 0123, 12:30], "quoted": 'true'}
                from: 2030-01-01T00:00:00Z
                until: 2031-01-01T00:00:00Z
                limit: 9
                jitter: 10s
                expires-after: 5m
                catch-up: 4
                overlap: forbid
            """)
        #expect(configuration.profile == .production && configuration.store.description.hasPrefix("redis://db:6379/2"))
        #expect(configuration.log == ServeConfiguration.Log(level: .debug, format: .text))
        #expect(configuration.server == ServeConfiguration.Server(host: "0.0.0.0", port: 9000))
        #expect(configuration.httpSecret == "s3cret")
        #expect(configuration.worker.types == ["mail", "default"] && configuration.worker.maxStalled == 3)
        #expect(configuration.worker.lease == .seconds(60) && configuration.worker.grace == .seconds(5))
        let mail = try #require(configuration.queues.first)
        #expect(mail.concurrency == 7 && mail.type == "mail" && mail.cap == "heavy")
        #expect(mail.maxLength?.most == 5000 && configuration.queues.last?.maxLength == nil)
        #expect(mail.globalConcurrency?.most == 3)
        #expect(mail.rate?.limit == RateLimit(max: 50, per: .seconds(1), window: .fixed))
        #expect(mail.workerRate == WorkerRate(max: 10, per: .seconds(60)))
        #expect(
            mail.everyGroup.settings(of: nil, in: "mail") == [
                .group("mail", nil, .concurrency(2)), .group("mail", nil, .rate(GroupRate(max: 10, per: .seconds(1)))),
            ])
        #expect(
            mail.groups.flatMap { $0.group.settings(of: $0.name, in: "mail") } == [
                .group("mail", "customer-7", .weight(5)), .group("mail", "customer-7", .concurrency(nil)),
                .group("mail", "a b:c", .rate(GroupRate(max: 1, per: .seconds(3600)))),
            ])
        #expect(configuration.queues.last?.workerRate == nil && configuration.queues.last?.groups.isEmpty == true)
        #expect(configuration.caps == ["heavy": 3, "light": 9])
        #expect(mail.handlers.map(\.name) == [nil, "welcome", "bill"])
        #expect(
            mail.handlers.map(\.spec) == [.echo, .exec(["./send"]), .http("https://x.example/bill")])
        #expect(mail.defaults.attempts == 5 && mail.defaults.timeout == .seconds(120))
        #expect(mail.defaults.retryFor == .seconds(86_400) && mail.defaults.deadLetter?.queue == "mail-dead")
        #expect(mail.defaults.backoff == .exponential(base: .seconds(1)) && mail.defaults.keepFailed == .removeAtOnce)
        #expect(mail.defaults.keepCompleted?.count == 100)
        #expect(configuration.queues.last?.defaults.attempts == 3)
        #expect(configuration.workedQueues.map(\.name) == ["mail"])
        let schedule = try #require(configuration.schedules.first)
        #expect(schedule.timing == .cron("30 2 * * MON-FRI", timeZone: "Europe/Berlin"))
        #expect(
            schedule.payload.text
                == #"{"n":12345678901234567890,"list":[1.50,"1",true,null,"text","on","0123","12:30"],"quoted":"true"}"#
        )
        #expect(schedule.options.attempts == 5 && schedule.options.timeout == .seconds(120))
        #expect(schedule.options.expiresAfter == .seconds(300))
        #expect(schedule.limit == 9 && schedule.jitter == .seconds(10) && schedule.catchUp == .all(atMost: 4))
        #expect(schedule.overlap == .forbid && schedule.endsAt?.milliseconds == 1_924_992_000_000)
    }

    @Test("the environment wins over the file, and files hold secrets")
    func environment() throws {
        let configuration = try read(
            "store: sqlite:a\nhttp-secret: {file: /run/web}\nqueues: {mail-out: {handler: noop, concurrency: 2}}",
            [
                "DROVER_STORE_FILE": "/run/store", "DROVER_QUEUES_MAIL_OUT_CONCURRENCY": "9", "DROVER_SERVER_PORT": "",
                "DROVER_SERVER_ENABLED": "false", "DROVER_WORKER_TYPES": "default, default",
                "DROVER_JOB_ID": "not ours",
            ], files: ["/run/store": "redis://:pass@db:6379\n", "/run/web": "whsec_c2VjcmV0\n"])
        #expect(
            configuration.store.description.hasPrefix("redis://") && !configuration.store.description.contains("pass"))
        #expect(configuration.httpSecret == "whsec_c2VjcmV0")
        #expect(configuration.queues.first?.concurrency == 9)
        #expect(configuration.server == nil)
    }

    @Test("a profile's settings are laid over the others; the command line chooses before the environment and the file")
    func profiles() throws {
        let text = """
            store: sqlite:a
            queues: {mail: {handler: noop, concurrency: 2}}
            profiles:
              production:
                store: sqlite:b
                queues: {mail: {concurrency: 20}, more: {handler: echo}}
            """
        let development = try read(text)
        #expect(development.queues.map(\.concurrency) == [2] && development.log.format == .text)
        for production in [
            try read("profile: production\n" + text), try read(text, ["DROVER_PROFILE": "production"]),
            try read("profile: development\n" + text, ["DROVER_PROFILE": "development"], profile: .production),
        ] {
            #expect(production.store == .sqliteFile(path: "b") && production.log.format == .json)
            #expect(production.queues.map(\.name) == ["mail", "more"])
            #expect(production.queues.map(\.concurrency) == [20, 1])
            #expect(production.queues.first?.handlers.map(\.spec) == [.noop])
        }
    }

    @Test("names may look like numbers, truth values or dates, in quotes or not")
    func names() throws {
        let configuration = try read(
            """
            queues:
              "2024": {handler: noop, handlers: {"404": echo, yes: noop}}
              12: {handler: echo}
            schedules:
              "1": {queue: "2024", job: 7, every: 1m}
            profiles:
              development:
                queues: {2024: {concurrency: 3}}
            """)
        #expect(configuration.queues.map(\.name) == ["2024", "12"])
        #expect(configuration.queues.first?.handlers.map(\.name) == [nil, "404", "yes"])
        #expect(configuration.queues.first?.concurrency == 3)
        #expect(configuration.schedules.map(\.name) == ["7"])
    }

    @Test("H stands for a time that the schedule's id decides")
    func hashed() throws {
        let configuration = try read(
            "queues: {q: {handler: noop}}\nschedules: {s: {queue: q, job: j, cron: \"H H * * *\"}}")
        #expect(configuration.schedules.first?.timing == .cron("H H * * *", timeZone: "UTC"))
    }

    @Test("dead-letter: none says that there is no such queue, also where defaults name one")
    func noDeadLetter() throws {
        let configuration = try read(
            """
            defaults: {dead-letter: dead}
            queues:
              a: {handler: noop}
              b: {handler: noop, dead-letter: none}
              none: {handler: noop, dead-letter: other}
            """)
        #expect(configuration.queues.map(\.defaults.deadLetter?.queue) == ["dead", nil, "other"])
        let without = try read("defaults: {dead-letter: none}\nqueues: {a: {handler: noop}}")
        #expect(without.queues.first?.defaults.options.deadLetterQueue == nil)
    }

    @Test("a refused secret is not repeated")
    func secrets() throws {
        let refusal = #expect(throws: ConfigurationRefusal.self) {
            try read("store: mysql://user:hunter2@db\nhttp-secret: whsec_hunter2%\nqueues: {mail: {handler: noop}}")
        }
        let lines = try #require(refusal).lines.joined(separator: "\n")
        #expect(!lines.contains("hunter2"), "\(lines)")
    }

    @Test("every example in the documents is read")
    func documents() throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
        let documents = try ["docs", "Sources/Drover/Drover.docc"].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path())
                .filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
        }
        var count = 0
        for name in documents + ["README.md"] {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            for example in text.split(separator: "```yaml\n").dropFirst() {
                let example = try #require(example.split(separator: "```", maxSplits: 1).first)
                for profile in ServeConfiguration.Profile.allCases {
                    let configuration = try read(
                        String(example), ["DROVER_STORE": "sqlite:x"], profile: profile,
                        files: Self.secrets)
                    #expect(!configuration.queues.isEmpty, "\(name)")
                }
                count += 1
            }
        }
        #expect(count >= 5)
    }

    @Test("what drover init writes is read, and so is each of its explained settings")
    func template() throws {
        let configuration = try read(ConfigurationTemplate.text)
        #expect(configuration.queues.map(\.name) == ["hello"] && configuration.schedules.count == 1)
        // With every comment that holds a setting made one.
        let setting = try Regex("^( *)# ( *[a-z-]+:( .*)?)$")
        let lines = ConfigurationTemplate.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard let match = try? setting.wholeMatch(in: String(line)) else { return String(line) }
            return "\(match[1].substring ?? "")\(match[2].substring ?? "")"
        }
        let whole = lines.joined(separator: "\n")
        let all = try read(
            whole, files: Self.secrets)
        #expect(all.encryption?.keys.ids == ["main"] && all.queues.first?.encrypt == .whole)
        #expect(all.queues.map(\.name) == ["hello", "mail"], "\(whole)")
        #expect(all.schedules.map(\.key.id.text) == ["greeting", "nightly"])
        #expect(all.queues.last?.handlers.count == 2 && all.httpSecret != nil)
    }
}
