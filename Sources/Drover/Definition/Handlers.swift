public import DroverCore

/// The handlers of one worker, by the name of the job.
///
/// ```swift
/// service.work("email", concurrency: 5) { handlers in
///     handlers.on(SendWelcome.self) { welcome, context in
///         try await mailer.send(.welcome, to: welcome.userID)
///     }
/// }
/// ```
///
/// A later handler for the same name replaces the earlier one. A job for whose name there is none fails its attempt.
public struct Handlers: Sendable {
    private var byName: [JobName: JobHandler] = [:]
    private var fallback: JobHandler?
    /// How jobs are gathered that are run several at once.
    private(set) var batches: [JobName: BatchDefinition] = [:]
    /// What types say of the encryption of their payloads.
    private(set) var parts: [JobName: EncryptedParts] = [:]

    init() {}

    /// Runs jobs of a type that return a result.
    @_disfavoredOverload  // a closure of several statements that returns nothing fits both forms, and means the other
    public mutating func on<P: JobPayload>(
        _: P.Type, _ run: @escaping @Sendable (P, JobContext) async throws -> P.Result
    ) {
        let coding = PayloadCoding()
        parts[P.name] = P.encryption
        batches[P.name] = nil
        byName[P.name] = { context in
            let payload = try coding.decode(P.self, from: context.payload)
            return try coding.encode(try await run(payload, context))
        }
    }

    /// Runs jobs of a type that return nothing.
    public mutating func on<P: JobPayload>(
        _: P.Type, _ run: @escaping @Sendable (P, JobContext) async throws -> Void
    ) where P.Result == NoResult {
        let coding = PayloadCoding()
        parts[P.name] = P.encryption
        batches[P.name] = nil
        byName[P.name] = { context in
            try await run(try coding.decode(P.self, from: context.payload), context)
            return .null
        }
    }

    /// Runs jobs of one name, with the payload as it is stored.
    public mutating func on(_ name: JobName, _ run: @escaping JobHandler) {
        batches[name] = nil
        byName[name] = run
    }

    /// Runs jobs of every name that has no handler of its own.
    public mutating func otherwise(_ run: @escaping JobHandler) {
        fallback = run
    }

    /// Runs jobs of a type in batches.
    mutating func add<P: JobPayload>(_: P.Type, _ batch: BatchDefinition, _ run: @escaping JobHandler) {
        parts[P.name] = P.encryption
        batches[P.name] = batch
        byName[P.name] = run
    }

    /// The handler for a name, or nil.
    func find(_ name: JobName) -> JobHandler? { byName[name] ?? fallback }

    /// The same handlers, each inside the middleware, of which the first is the outermost.
    ///
    /// Composed once for a worker, so that an attempt pays nothing for it.
    func wrapped(in middleware: [any JobMiddleware]) -> Handlers {
        if middleware.isEmpty { return self }
        var wrapped = self
        wrapped.byName = byName.mapValues { Self.wrap($0, in: middleware) }
        wrapped.fallback = fallback.map { Self.wrap($0, in: middleware) }
        return wrapped
    }

    private static func wrap(_ handler: @escaping JobHandler, in middleware: [any JobMiddleware]) -> JobHandler {
        middleware.reversed().reduce(handler) { next, layer in
            { context in try await layer.run(context, next: next) }
        }
    }
}
