/// What a filter asks of a job. A store may answer from where the job lies, without making a record of it.
package protocol SearchedJob {
    /// The value of a field that has one and is no JSON; nil where the job has none.
    func plainValue(of field: JobField) -> SearchValue?
    /// Its tags.
    var searchedTags: [String] { get }
    /// Lends the JSON text that a path leads into, as bytes; nil where the job has none.
    func withJSON<Result>(of field: JobField, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result?
}

extension JobRecord: SearchedJob {
    package func plainValue(of field: JobField) -> SearchValue? {
        switch field {
        case .state: .text(state.rawValue)
        case .id: .text(key.id.text)
        case .name: .text(name.text)
        case .worker: worker.map { .text($0) }
        case .error: failedReason.map { .text($0) }
        case .priority: .number(DecimalNumber(priority))
        case .attempts: .number(DecimalNumber(attemptsMade))
        case .stalls: .number(DecimalNumber(stalls))
        case .created: .instant(createdAt)
        case .due: dueAt.map { .instant($0) }
        case .processed: processedAt.map { .instant($0) }
        case .finished: finishedAt.map { .instant($0) }
        case .group, .tenant, .correlationID, .metadata, .reason, .origin: options.searchValue(of: field)
        case .tag, .payload, .result, .progress: nil
        }
    }

    package var searchedTags: [String] { options.tags }

    package func withJSON<Result>(of field: JobField, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        let json: JSONText? =
            switch field {
            case .payload: payload
            case .result: result
            case .progress: progress
            default: nil
            }
        guard var text = json?.text else { return nil }
        return text.withUTF8(body)
    }
}

extension JobOptions {
    /// The value of a field that lies among the options.
    package func searchValue(of field: JobField) -> SearchValue? {
        switch field {
        case .group: group.map { .text($0) }
        case .tenant: tenant.map { .text($0) }
        case .correlationID: correlationID.map { .text($0) }
        case .reason: deadLetter.map { .text($0.reason) }
        case .origin: deadLetter.map { .text($0.job.queue.text) }
        case .metadata(let name): metadata[name].map { .text($0) }
        default: nil
        }
    }
}
