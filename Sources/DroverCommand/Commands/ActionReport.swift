import DroverCore

/// Tells what became of each of the things that a command acted on.
struct ActionReport {
    /// The word for what was done, as `removed`.
    var done: String
    /// Whether a JSON list is printed, of objects with id and result.
    var json: Bool
    /// What is told of a job that nothing could be done to because one is active; nil for the words for any other state.
    var active: String?
    /// What is told of an id that is unknown.
    var missing: (String) -> String

    /// - Parameter jobs: the new jobs that were made of each, told as `job`; nil for a command that makes none.
    /// - Returns: done when all were; not found when one is unknown; else failed.
    func tell(
        _ ids: [String], _ results: [CommandResult], made jobs: [JobKey?]? = nil, _ output: Output
    ) -> ExitStatus {
        if json {
            output.line(
                JSONWriter.list(
                    results.indices.map { index in
                        var members = [
                            (name: "id", value: JSONWriter.string(ids[index])),
                            ("result", JSONWriter.string(word(results[index]))),
                        ]
                        if let jobs { members.append(("job", jobs[index].map(JobJSON.key) ?? "null")) }
                        return JSONWriter.object(members)
                    }))
        }
        for index in results.indices { tell(ids[index], results[index], jobs?[index], output) }
        if results.contains(.notFound) { return .notFound }
        return results.allSatisfy { $0 == .done || $0 == .requested } ? .done : .failed
    }

    private func tell(_ id: String, _ result: CommandResult, _ job: JobKey?, _ output: Output) {
        switch result {
        case .done: if !json { output.line("\(id) \(done)" + (job.map { " as \(Printable.text("\($0)"))" } ?? "")) }
        case .requested: if !json { output.line("\(id) is active; its worker was asked to stop it") }
        case .notFound: output.note(missing(id))
        case .wrongState(.active) where active != nil: output.note("\(id): \(active ?? "")")
        case .wrongState(let state): output.note("\(id) is \(state.rawValue) and can't be \(done)")
        case .refused(let problem): output.note("\(id): \(problem)")
        }
    }

    /// The word for a result in JSON.
    private func word(_ result: CommandResult) -> String {
        switch result {
        case .done: done
        case .requested: "requested"
        case .notFound: "not-found"
        case .wrongState(let state): "wrong-state:\(state.rawValue)"
        case .refused(let problem): "refused: \(problem)"
        }
    }
}
