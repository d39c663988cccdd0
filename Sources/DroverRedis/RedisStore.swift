public import DroverCore
public import Logging
import RedisClient
import Synchronization

/// Keeps jobs on a Redis or Valkey server, in BullMQ's layout: its clients in other languages share the queues.
///
/// One connection carries all calls of the process, one more waits for work. `docs/redis.md` tells the layout beside
/// BullMQ's, what each durability setting of the server can lose, and the rights that its user needs.
///
/// ```swift
/// let store = try RedisStore(url: "redis://127.0.0.1:6379/0?prefix=bull")
/// try await store.prepare()
/// ```
public final class RedisStore: JobStore {
    private struct State {
        var coder = OptionsCoder()
        var durability = "unknown"
        var isPrepared = false
        var isClosed = false
        var discovery: String?
        var discovered: Set<QueueName> = []
        var releasing: [QueueName]?
    }

    let configuration: RedisStoreConfiguration
    let keys: KeySpace
    let client: RedisClient
    let wakeUps: WakeUpHub
    let followers: EventHub
    let presence: WorkerPresence
    let enqueues: EnqueueGatherer
    private let state = Mutex(State())

    /// A store on the server that a URL names; nothing is opened before ``prepare()``.
    ///
    /// - Parameters:
    ///   - url: `redis://[user:password@]host:port/db?prefix=bull`, `rediss://…` with TLS, or `unix:///path?db=0`.
    ///     `docs/redis.md` lists what may follow the question mark.
    ///   - logger: tells of connections that were lost and made again.
    /// - Throws: `StoreError` with the code `invalid` that says what is wrong with the URL.
    public convenience init(url: String, logger: Logger = Logger(label: "drover.redis")) throws(StoreError) {
        self.init(try RedisStoreConfiguration(url: url), logger: logger)
    }

    /// A store from its configuration; nothing is opened before ``prepare()``.
    public init(_ configuration: RedisStoreConfiguration, logger: Logger = Logger(label: "drover.redis")) {
        self.configuration = configuration
        keys = KeySpace(prefix: configuration.prefix)
        client = RedisClient(configuration.server, logger: logger)
        enqueues = EnqueueGatherer(mostWaiting: configuration.server.maximumPending)
        wakeUps = WakeUpHub(configuration: configuration, keys: keys, client: client, logger: logger)
        followers = EventHub(configuration: configuration, keys: keys, client: client, logger: logger)
        presence = WorkerPresence(configuration: configuration, logger: logger)
    }

    /// `redis`; the durability is what the server was found to be set to. Finished jobs are kept, as by BullMQ.
    public var traits: StoreTraits {
        StoreTraits(
            name: "redis", durability: state.withLock { $0.durability }, isShared: true, isSharedWithBullMQ: true,
            completedRetention: .keepAll, failedRetention: .keepAll)
    }

    /// Connects, and looks whether the server can keep jobs.
    ///
    /// - Throws: `StoreError`: `unreachable`, or `incompatible` when the server is too old, may drop jobs to save
    ///   memory, is one of a cluster and the prefix has no hash tag or another server has its slot, or does not let its user do what is needed or use the keys of the prefix.
    public func prepare() async throws(StoreError) {
        let isPrepared = try state.withLock { state throws(StoreError) in
            if state.isClosed { throw Self.closed }
            return state.isPrepared
        }
        if isPrepared { return }
        let endpoint = configuration.server.endpoint
        do { try await client.connect() } catch { throw .redis(error, "open the store") }
        let server = try await ServerFacts.ask(client)
        if let problem = server.problem(
            prefix: keys.prefix, allowsEviction: configuration.allowsEviction)
        {
            throw StoreError(problem.code, "\(endpoint): \(problem.text)")
        }
        try await checkRights()
        state.withLock { state in
            state.durability = server.durability
            state.isPrepared = true
        }
    }

    /// Waits shortly for calls under way and lets go of the server.
    public func close() async {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        if wasClosed { return }
        await wakeUps.close()
        await followers.close()
        await presence.close()
        await client.close()
    }

    // MARK: Calls

    /// The connection's own thread: what it reads is taken further there.
    public var callExecutor: (any TaskExecutor)? { client.executor }

    static var closed: StoreError { StoreError(.closed, "the store has been closed; make a new one") }

    /// Throws when the store is closed.
    func checkOpen() throws(StoreError) {
        try state.withLock { state throws(StoreError) in if state.isClosed { throw Self.closed } }
    }

    /// The first argument of writing scripts: empty, for the server's own time, or the time that a test tells.
    var time: String { configuration.clock.map { String($0.now.milliseconds) } ?? "" }

    /// Runs a script on a queue.
    ///
    /// - Parameters:
    ///   - more: keys behind the base of the queue's.
    ///   - attempt: what is attempted, for errors.
    func run(
        _ script: RedisScript, _ queue: QueueName, more: [String] = [], _ arguments: RedisArguments,
        _ attempt: @autoclosure () -> String
    ) async throws(StoreError) -> RESPValue {
        do {
            return try await run(script, keys: [keys.base(queue)] + more, arguments, attempt())
        } catch {
            throw await explained(error, queue, attempt())
        }
    }

    /// Runs a script on these keys.
    func run(
        _ script: RedisScript, keys: [String], _ arguments: RedisArguments, _ attempt: @autoclosure () -> String
    ) async throws(StoreError) -> RESPValue {
        try checkOpen()
        do {
            return try await client.evaluate(script, keys: keys, arguments: arguments)
        } catch {
            throw .redis(error, attempt())
        }
    }

    /// Sends one command.
    func send(_ command: RedisCommand, _ attempt: @autoclosure () -> String) async throws(StoreError) -> RESPValue {
        try checkOpen()
        do { return try await client.send(command) } catch { throw .redis(error, attempt()) }
    }

    /// Sends commands back to back; the first error is thrown.
    func send(
        _ commands: [RedisCommand], _ attempt: @autoclosure () -> String
    ) async throws(StoreError) -> [RESPValue] {
        try checkOpen()
        if commands.isEmpty { return [] }
        var values: [RESPValue] = []
        for result in await client.send(commands) {
            do { values.append(try result.get()) } catch { throw .redis(error, attempt()) }
        }
        return values
    }

    /// The arguments of a writing script, that begin with the time.
    func arguments(capacity: Int = 256) -> RedisArguments {
        var arguments = RedisArguments(capacity: capacity)
        arguments.append(time)
        return arguments
    }

    /// Lends the coder of options, which remembers what it has seen.
    func withCoder<Result>(_ body: (inout OptionsCoder) throws(StoreError) -> Result) throws(StoreError) -> Result {
        try state.withLock { state throws(StoreError) in try body(&state.coder) }
    }

    /// The queues of other clients that the search has found so far.
    var discovered: Set<QueueName> { state.withLock { $0.discovered } }

    /// Remembers queues that the search has found.
    func remember(_ queues: [QueueName]) { state.withLock { $0.discovered.formUnion(queues) } }

    /// The queues with jobs that several wait for, as the last round for their parents found them; nil before the first.
    var releasing: [QueueName]? {
        get { state.withLock { $0.releasing } }
        set { state.withLock { $0.releasing = newValue } }
    }

    /// Where the search for queues goes on; nil when it begins anew.
    var discovery: String? {
        get { state.withLock { $0.discovery } }
        set { state.withLock { $0.discovery = newValue } }
    }
}
