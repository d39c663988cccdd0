import ArgumentParser
import DroverCore

/// Which jobs a command acts on.
struct JobSelection: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("The jobs' queue.", valueName: "name")) var queue: String
    @Argument(help: "The jobs' ids.") var ids: [String]
    @Flag(help: "Print JSON: a list of objects with id and result.") var json = false

    /// The jobs' keys.
    func keys() throws(ValidationError) -> [JobKey] {
        let queue = try QueueName(queue)
        return try ids.map { id throws(ValidationError) in JobKey(queue: queue, id: try JobID(id)) }
    }

    /// Applies a command to each job and tells what became of it.
    ///
    /// - Returns: done when all were; not found when one is unknown; else failed.
    func apply(in session: Session, done: String, _ command: (JobKey) -> JobCommand) async throws -> ExitStatus {
        let keys = try keys()
        let results = try await session.withStore(store, .existing) { store in
            try await store.apply(keys.map(command))
        }
        if json {
            session.output.line(
                JSONWriter.list(
                    zip(keys, results).map { key, result in
                        JSONWriter.object([
                            ("id", JSONWriter.string(key.id.text)),
                            ("result", JSONWriter.string(Self.word(result, done: done))),
                        ])
                    }))
        }
        for (key, result) in zip(keys, results) { tell(key, result, done: done, session.output) }
        if results.contains(.notFound) { return .notFound }
        return results.allSatisfy { $0 == .done || $0 == .requested } ? .done : .failed
    }

    private func tell(_ key: JobKey, _ result: CommandResult, done: String, _ output: Output) {
        switch result {
        case .done: if !json { output.line("\(key.id) \(done)") }
        case .requested: if !json { output.line("\(key.id) is active; its worker was asked to stop it") }
        case .notFound: output.note("\(key.id) does not exist in the queue \"\(key.queue)\"")
        case .wrongState(let state): output.note("\(key.id) is \(state.rawValue) and can't be \(done)")
        case .refused(let problem): output.note("\(key.id): \(problem)")
        }
    }

    /// The word for a result in JSON.
    private static func word(_ result: CommandResult, done: String) -> String {
        switch result {
        case .done: done
        case .requested: "requested"
        case .notFound: "not-found"
        case .wrongState(let state): "wrong-state:\(state.rawValue)"
        case .refused(let problem): "refused: \(problem)"
        }
    }
}
