public import DroverCore

/// What a stored payload, result or step tells of its encryption without a key, for those who show it to people.
package struct StoredValue: Sendable {
    /// The ids of the keys that it is encrypted with, in the order of the text; empty when it is plain.
    package let keys: [String]
    /// The text with `"encrypted with key …"` where something is sealed.
    package let shown: JSONText

    /// Looks at a stored text.
    package init(_ text: JSONText) {
        var found: [SealedFinder.Found] = []
        if SealedValue.isMarked(text) {
            // What can't be read is shown as it is.
            found = (try? PayloadSealer.withBytes(of: text) { try SealedFinder.find(in: $0) }) ?? []
        }
        var keys: [String] = []
        for id in found.map({ Self.key(of: $0) }) where !keys.contains(id) { keys.append(id) }
        self.keys = keys
        shown = PayloadSealer.withBytes(of: text) { bytes in
            var rest = found[...]
            return PayloadSealer.replacing(found.map(\.spot), in: bytes) { _ in
                "\"encrypted with key \(rest.popFirst().map(Self.key) ?? "")\""
            }
        }
    }

    private static func key(of found: SealedFinder.Found) -> String {
        // Somebody else may have stored anything.
        found.value.key.flatMap { EncryptionKey.isID($0) ? $0 : nil } ?? "?"
    }
}

extension PayloadEncryption {
    /// A stored job with its payload, its result and its steps as its producer and its handler gave them.
    ///
    /// - Throws: ``DroverError`` with the code `unreadable`; the message names the key.
    public func open(_ job: JobRecord) throws(DroverError) -> JobRecord {
        var job = job
        do {
            if let opened = try PayloadSealer.open(job.payload, of: job.name, with: keys) {
                job.payload = opened.payload
            }
            for (index, step) in job.steps.enumerated() {
                let opened = try SealedStep.open(step.result, of: step.name, job.name, with: keys)
                job.steps[index].result = opened ?? step.result
            }
            if let result = job.result { job.result = try SealedResult.open(result, of: job.name, with: keys) }
        } catch {
            throw DroverError(.unreadable, "the job \(job.key) can't be shown in plain: \(error.reason)")
        }
        return job
    }
}
