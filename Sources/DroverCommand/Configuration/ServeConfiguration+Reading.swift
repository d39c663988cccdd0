import Drover
import DroverCore
import Logging
import Yams

extension ServeConfiguration {
    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - text: the file's contents.
    ///   - file: its path, for messages.
    ///   - profile: the profile that the command line chose, above the environment and the file.
    ///   - environment: the environment's variables; they win over the file.
    ///   - readFile: reads files that values name.
    /// - Throws: ``ConfigurationRefusal`` with everything that is wrong.
    static func read(
        _ text: String, file: String, profile: Profile? = nil, environment: [String: String],
        readFile: @escaping ConfigurationSource.FileReader
    ) throws(ConfigurationRefusal) -> ServeConfiguration {
        let tree: Yams.Node?
        do { tree = try ConfigurationTree.read(text) } catch {
            throw ConfigurationRefusal(file: file, problems: [error])
        }
        func read(_ profile: Profile?) -> (configuration: ServeConfiguration, problems: [ConfigurationProblem]) {
            let source = ConfigurationSource(environment: environment, readFile: readFile)
            let file = ConfigurationFile(tree, source: source, profile: profile)
            let configuration = ServeConfiguration(file.root, profile: file.profile)
            source.checkVariables(
                of: ["queues", "schedules", "defaults", "worker", "server", "log", "caps", "encryption"])
            return (configuration, source.problems)
        }
        var (configuration, problems) = read(profile)
        // The settings of a profile that is not chosen now will be one day.
        for other in Profile.allCases where other != configuration.profile && ConfigurationFile.has(other, in: tree) {
            for problem in read(other).problems where problem.place.isInFile && !problems.contains(problem) {
                problems.append(problem)
            }
        }
        if problems.isEmpty { return configuration }
        let order = problems.enumerated().sorted { left, right in
            (left.element.place.order, left.offset) < (right.element.place.order, right.offset)
        }
        throw ConfigurationRefusal(file: file, problems: order.map(\.element))
    }

    private init(_ root: ConfigurationSection, profile: Profile) {
        self.profile = profile
        let isProduction = profile == .production
        if let location = root.value("store", { try StoreLocation($0) }) {
            store = location
            storeVariable = root.variable(of: "store")
        } else if isProduction, !root.has("store") {
            root.report(
                "store",
                "the production profile has no store of its own; give its URL, as redis://HOST:PORT or sqlite:PATH")
        }
        let log = root.section("log")
        self.log = Log(
            level: log.word("level", Self.levels) ?? .info,
            format: log.word("format", ["text": .text, "json": .json]) ?? (isProduction ? .json : .text),
            jobs: log.boolean("jobs") ?? false)
        log.finish()
        server = Self.server(root.section("server"))
        httpSecret = root.value("http-secret") { text in
            _ = try WebhookSecret(parsing: text)
            return text
        }
        let encryptionSection = root.section("encryption")
        encryption = PayloadEncryption(encryptionSection)
        let workerSection = root.section("worker")
        worker = Self.worker(workerSection)
        let defaults = root.section("defaults")
        let general = JobDefaults(defaults)
        defaults.finish()
        let capSection = root.section("caps")
        caps = Self.caps(capSection)
        queues = root.sections("queues").compactMap {
            QueueConfiguration($0.name, $0.section, general: general, caps: capSection.names)
        }
        for queue in queues { encryption?.queues[queue.name] = queue.encrypt }
        checkKeys(root, encryptionSection)
        schedules = root.sections("schedules").compactMap { Self.schedule($0.name, $0.section, queues: queues) }
        root.finish()
        checkTypes(workerSection)
        if queues.isEmpty, !root.fileHas("queues"), !root.isGarbled {
            root.report("queues", "there is no queue; name at least one, with the handler that runs its jobs")
        }
    }

    private static let levels: KeyValuePairs<String, Logger.Level> = [
        "trace": .trace, "debug": .debug, "info": .info, "notice": .notice, "warning": .warning, "error": .error,
        "critical": .critical,
    ]

    private static func server(_ section: ConfigurationSection) -> Server? {
        let isEnabled = section.boolean("enabled") ?? true
        let standard = Server()
        let server = Server(
            host: section.value("host") { text in
                if text.isEmpty || text.contains(where: \.isWhitespace) || text.contains("/") {
                    throw ValidationError(
                        "host", "\(ValidationError.quote(text)) is no address; give one as 127.0.0.1 or 0.0.0.0")
                }
                return text
            } ?? standard.host,
            port: section.integer("port", in: 0...65_535) ?? standard.port)
        section.finish()
        return isEnabled ? server : nil
    }

    private static func caps(_ section: ConfigurationSection) -> [String: Int] {
        var caps: [String: Int] = [:]
        for name in section.names { caps[name] = section.integer(name, in: 1...10_000) }
        section.finish()
        return caps
    }

    private static func worker(_ section: ConfigurationSection) -> Worker {
        var worker = Worker()
        worker.lease = section.duration("lease", atLeast: .milliseconds(100)) ?? worker.lease
        worker.grace = section.duration("grace") ?? worker.grace
        worker.maxStalled = section.integer("max-stalled", in: 0...1_000_000) ?? worker.maxStalled
        if let types = section.words("types") {
            worker.types = types.filter { !$0.isEmpty }
            if worker.types.isEmpty { section.report("types", "it names no type; take it away to work all") }
        }
        section.finish()
        return worker
    }

    /// Reports queues that are to be encrypted where there is no key.
    private func checkKeys(_ root: ConfigurationSection, _ section: ConfigurationSection) {
        if encryption != nil || section.has("keys") { return }
        for queue in queues where queue.encrypt != .nothing {
            root.section("queues").section(queue.name.text).report(
                "encrypt", "there is no key; name one under encryption.keys")
        }
    }

    private func checkTypes(_ section: ConfigurationSection) {
        let known = Set(queues.map(\.type)).sorted()
        for type in worker.types where !known.contains(type) {
            let near = Nearest.word(to: type, among: known).map { "; did you mean \($0)?" } ?? ""
            section.report("types", "no queue has the type \(ValidationError.quote(type))\(near)")
        }
    }
}

extension ConfigurationProblem.Place {
    /// Whether it is a line of the file.
    fileprivate var isInFile: Bool {
        if case .line = self { true } else { false }
    }

    /// By line; the environment last.
    fileprivate var order: Int {
        switch self {
        case .file: 0
        case .line(let line): line
        case .variable: .max
        }
    }
}
