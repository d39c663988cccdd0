public import DroverCore
public import Logging
public import Tracing

/// What holds for a whole ``JobService``.
public struct ServiceConfiguration: Sendable {
    /// The longest payload that is accepted, in bytes of UTF-8.
    public var maxPayloadBytes: Int
    /// The longest result that a handler, or a step of it, may return, in bytes of UTF-8.
    public var maxResultBytes: Int
    /// The most that all steps of one job may record together, names included, in bytes of UTF-8. Whoever claims the job
    /// reads all of it. 8 MiB by default.
    public var maxStepBytes = 8 * 1_048_576
    /// How payloads and results are encrypted; nil for not at all. Without keys an encrypted payload fails its attempts.
    public var encryption: PayloadEncryption?
    /// What adds do where the queue is full that don't say it themselves. In a transaction they are always refused.
    public var whenFull = WhenFull.refuse
    /// The level at which attempts are logged that begin, complete, are put off, cancelled or given back. Those that fail are
    /// logged at `notice` when they are tried again, else at `warning`.
    public var jobLogLevel = Logger.Level.debug
    /// Makes the spans of jobs; nil for the tracer of the process, which must then be in place before the service is made.
    public var tracer: (any Tracer)?
    /// Measures waits: timeouts, intervals, deadlines. Instants that are stored come from the store's clock.
    public var clock: any Clock<Duration>
    /// Tells the time of day, by which the times of cron expressions are found.
    public var wallClock: any WallClock
    /// Draws a number from 0 up to but not including 1, for jitter.
    public var random: @Sendable () -> Double

    /// A configuration of defaults: 1 MiB for payloads and for results, the host's monotonic clock.
    public init(
        maxPayloadBytes: Int = 1_048_576, maxResultBytes: Int = 1_048_576,
        clock: any Clock<Duration> = ContinuousClock(), wallClock: any WallClock = SystemWallClock(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.maxPayloadBytes = maxPayloadBytes
        self.maxResultBytes = maxResultBytes
        self.clock = clock
        self.wallClock = wallClock
        self.random = random
    }

    /// The stored form of a payload.
    ///
    /// - Parameters:
    ///   - parts: what is said of its type or by its producer; nil leaves it to the queue.
    /// - Throws: ``DroverError`` with the code `refused`; `ValidationError` for a payload that looks like an encrypted one.
    func stored(
        _ payload: JSONText, _ parts: EncryptedParts?, of name: JobName, in queue: QueueName
    ) throws -> JSONText {
        guard let encryption else {
            if parts?.isNothing ?? true { return payload }
            throw DroverError(
                .refused,
                "the payload of \(name) is to be encrypted, and there is no key; "
                    + "give keys: a program by ServiceConfiguration.encryption, drover by --encryption-keys"
            )
        }
        return try PayloadSealer.seal(payload, parts ?? encryption.parts(in: queue), of: name, with: encryption.keys)
    }

    /// Refuses a payload over the limit.
    func checkPayload(_ payload: JSONText) throws(DroverError) {
        if let problem = payloadProblem(payload) { throw DroverError(.payloadTooLarge, problem.description) }
    }

    /// What is wrong with a payload's length, or nil.
    func payloadProblem(_ payload: JSONText) -> ValidationError? {
        let bytes = payload.text.utf8.count
        if bytes <= maxPayloadBytes { return nil }
        return ValidationError(
            "payload",
            "has \(bytes) bytes; at most \(maxPayloadBytes) are accepted. Store it elsewhere and send its place")
    }
}
