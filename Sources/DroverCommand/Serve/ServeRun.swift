import DroverCore
import DroverServer
import Logging
import NIOCore

/// Runs a configuration: its workers, schedules and server, until it is asked to stop; and takes a new one meanwhile.
struct ServeRun: Sendable {
    /// What can happen.
    private enum Event: Sendable {
        case stop
        case reload
        /// Work of this number has ended.
        case ended(Int, (any Error)?)
        /// The server listens.
        case listening
        /// The server can't listen, or has ended.
        case serverEnded((any Error)?)
    }

    let session: Session
    let store: any JobStore
    let server: DroverServer
    let logger: Logger
    /// Reads the configuration again, in the profile of the first one.
    let read: @Sendable (ServeConfiguration.Profile) throws -> ServeConfiguration

    /// Runs until a stop, and gives how it ended.
    ///
    /// - Parameters:
    ///   - first: what runs at first.
    ///   - stops: the first lets running jobs end, the second does not.
    ///   - reloads: wishes to read the configuration again.
    func run(
        _ first: ServeConfiguration, stops: AsyncStream<Void>, reloads: AsyncStream<Void>
    ) async throws -> ExitStatus {
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        return try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask { for await _ in stops { sink.yield(.stop) } }
            group.addTask { for await _ in reloads { sink.yield(.reload) } }
            var upcoming = events.makeAsyncIterator()
            if let settings = first.server {
                group.addTask { await serve(settings, sink) }
                // Before any job is claimed: what can't listen must not work.
                switch await upcoming.next() {
                case .serverEnded(let error)?: throw Self.failure(of: first.server, error)
                case .stop?: return .done
                default: break
                }
            }
            var present = first
            var running: [Int: ServedWork] = [:]
            var current = 0
            var stopCount = 0

            func start(_ configuration: ServeConfiguration) async throws {
                let work = try await ServedWork.begin(configuration, store: store, session: session, logger: logger)
                tell(configuration)
                let before = running[current]
                current += 1
                running[current] = work
                group.addTask { [current] in
                    do {
                        try await work.run()
                        sink.yield(.ended(current, nil))
                    } catch {
                        sink.yield(.ended(current, error))
                    }
                }
                before?.stop()
            }

            try await start(first)
            while let event = await upcoming.next() {
                switch event {
                case .listening: break
                case .stop:
                    stopCount += 1
                    if stopCount > 1 { return .failed }
                    logger.info("stopping: running jobs may finish; stop again to give them back at once")
                    for work in running.values { work.stop() }
                case .reload where stopCount > 0: break
                case .reload:
                    guard let next = reread(instead: present, from: first) else { continue }
                    do {
                        if next.differsInSizesOnly(from: present), let work = running[current] {
                            try await ServedWork.bound(next.queues, in: store)
                            try work.resize(next.workedQueues)
                            tell(next)
                        } else {
                            try await start(next)
                        }
                        present = next
                    } catch {
                        refuse("\(CommandFailure(mapping: error))")
                    }
                case .ended(let number, let error):
                    running[number] = nil
                    if let error { throw error }
                    if running.isEmpty { return .done }
                case .serverEnded(let error):
                    if stopCount == 0 { throw Self.failure(of: first.server, error) }
                }
            }
            return .done
        }
    }

    private func serve(_ settings: ServeConfiguration.Server, _ sink: AsyncStream<Event>.Continuation) async {
        do {
            try await server.run(host: settings.host, port: settings.port) { port in
                logger.info("serving", metadata: ["address": .string("http://\(settings.host):\(port)")])
                sink.yield(.listening)
            }
            sink.yield(.serverEnded(nil))
        } catch {
            sink.yield(.serverEnded(error))
        }
    }

    private static func failure(of settings: ServeConfiguration.Server?, _ error: (any Error)?) -> CommandFailure {
        let address = settings.map { "\($0.host):\($0.port)" } ?? "its address"
        let reason = (error as? IOError).map { POSIX.words($0.errnoCode) } ?? error.map { "\($0)" } ?? "it ended"
        return CommandFailure(
            .failed, "the server can't go on at \(address): \(reason)",
            advice: "choose another one by server.host and server.port, or DROVER_SERVER_PORT")
    }

    /// The configuration as it is now, with what is read at the start alone as it was then; nil when it is refused, or says
    /// what the present one says.
    private func reread(instead present: ServeConfiguration, from first: ServeConfiguration) -> ServeConfiguration? {
        do {
            var next = try read(first.profile)
            let fixed = next.fix(as: first)
            if !fixed.isEmpty {
                logger.warning(
                    "restart to let changes take effect",
                    metadata: ["settings": .string(fixed.joined(separator: ","))])
            }
            if next != present { return next }
            logger.info("configuration read again: nothing else has changed")
        } catch let refusal as ConfigurationRefusal {
            for line in refusal.lines { logger.error("\(line)") }
            refuse("mend what the lines above name")
        } catch {
            refuse("\(CommandFailure(mapping: error))")
        }
        return nil
    }

    private func refuse(_ reason: String) {
        logger.error("the new configuration was not taken, and the old one goes on: \(reason)")
    }

    private func tell(_ configuration: ServeConfiguration) {
        let worked = configuration.workedQueues
        if worked.isEmpty { logger.warning("no queue is worked: none has a handler and a type that was chosen") }
        var metadata: Logger.Metadata = [
            "queues": .string(worked.map { "\($0.name):\($0.concurrency)" }.joined(separator: ",")),
            "schedules": .stringConvertible(configuration.schedules.count),
            "store": .string(configuration.store.description),
            "profile": .string(configuration.profile.rawValue),
        ]
        metadata["store_from"] = configuration.storeVariable.map { .string($0) }
        logger.info("working", metadata: metadata)
        for queue in configuration.queues where queue.handlers.isEmpty {
            logger.notice(
                "queue has no handler, so this process does not work it", metadata: ["queue": .string(queue.name.text)])
        }
    }
}

extension ServeConfiguration {
    /// Whether the same queues have other sizes and limits, and all else is as it was.
    fileprivate func differsInSizesOnly(from other: ServeConfiguration) -> Bool {
        guard queues.map(\.name) == other.queues.map(\.name) else { return false }
        var same = self
        for index in queues.indices {
            same.queues[index].concurrency = other.queues[index].concurrency
            same.queues[index].maxLength = other.queues[index].maxLength
            same.queues[index].globalConcurrency = other.queues[index].globalConcurrency
            same.queues[index].rate = other.queues[index].rate
            same.queues[index].everyGroup = other.queues[index].everyGroup
            same.queues[index].groups = other.queues[index].groups
        }
        return same == other
    }

    /// Takes over the settings that are read at the start alone.
    ///
    /// - Returns: those that differed.
    fileprivate mutating func fix(as first: ServeConfiguration) -> [String] {
        defer {
            store = first.store
            storeVariable = first.storeVariable
            log = first.log
            server = first.server
        }
        return [(store != first.store, "store"), (log != first.log, "log"), (server != first.server, "server")]
            .filter(\.0).map(\.1)
    }
}
