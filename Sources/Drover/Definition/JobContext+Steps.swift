import DroverCore

extension JobContext {
    /// Runs a part of the handler's work whose result is recorded, so that a later attempt of this job is given the result and
    /// does not do the part again.
    ///
    /// ```swift
    /// handlers.on(PlaceOrder.self) { order, context in
    ///     let charge = try await context.step("charge") { try await payments.charge(order) }
    ///     let label = try await context.step("label") { try await shipping.label(for: order) }
    ///     try await context.step("mail") { try await mailer.confirm(order, charge, label) }
    /// }
    /// ```
    ///
    /// The result is recorded before the call returns. From then on it is kept with the job, through retries, snoozes, stalls and
    /// shutdowns, until the job is removed or is retried by hand with its attempts reset. A body that throws records nothing:
    /// the error passes through, and the next attempt runs the step again. So does one that comes after a crash between
    /// the end of the body and the recording: a step runs at least once, and not twice once it has returned. Give services that run
    /// a request only once ``idempotencyKey`` with the step's name behind it.
    ///
    /// A name stands for one step of the job: called again with the name of a step that is recorded, the result is what that one
    /// recorded, also within an attempt. In a loop put a number or an id into the name; the same name may not run twice at the
    /// same moment. Steps may stand inside of steps and beside each other. A handler that changes while jobs wait keeps the names of
    /// steps whose results stay good.
    ///
    /// Results are encrypted where the job's result would be; names are not. A job has at most `JobStep.mostOfJob` steps.
    ///
    /// - Parameters:
    ///   - name: the step's name: 1 to 255 bytes of UTF-8, no control character.
    ///   - type: what the body returns, where the compiler can't tell.
    ///   - body: the work. In a task that is cancelled meanwhile its result is still recorded.
    /// - Returns: what the body returned or, when the step is recorded, that as it was encoded and is now decoded.
    /// - Throws: what the body threw; an `EncodingError` when its result can't be encoded; ``DroverError`` with the code
    ///   `leaseLost` when the job is no longer held by this attempt, `stepTooLarge`, `undecodable` when what is recorded is not of this
    ///   type, `unreadable` when it is encrypted and can't be opened, or `refused` for a name that breaks a rule, runs at this
    ///   moment, or is one too many; or `StoreError`, after which the step may be recorded or not. Whenever the body has run and its
    ///   result was not recorded, the next attempt runs it again.
    @discardableResult
    public func step<Value: Codable & Sendable>(
        _ name: String, as type: Value.Type = Value.self, _ body: () async throws -> Value
    ) async throws -> Value {
        let name = try checked(name)
        if let recorded = try begin(name) {
            return try decoded(try open(recorded, name), name, as: type)
        }
        defer { attemptState.withSteps { $0.end(name) } }
        let value = try await body()
        try await record(try PayloadCoding().encode(value), of: name)
        return value
    }

    /// Runs a part of the handler's work that returns nothing, and which a later attempt does not do again.
    ///
    /// - Throws: as ``step(_:as:_:)``.
    public func step(_ name: String, _ body: () async throws -> Void) async throws {
        let name = try checked(name)
        if try begin(name) != nil { return }
        defer { attemptState.withSteps { $0.end(name) } }
        try await body()
        try await record(.null, of: name)
    }

    private func decoded<Value: Decodable>(
        _ recorded: JSONText, _ name: StepName, as type: Value.Type
    ) throws(DroverError) -> Value {
        do throws(UndecodablePayload) {
            return try PayloadCoding().decode(type, from: recorded, as: "what it recorded")
        } catch {
            throw DroverError(
                .undecodable,
                "\(words(name)) was run before, and \(error.reason); let the type accept what was recorded, give the "
                    + "step another name to run it again, or retry the job with its attempts reset")
        }
    }

    private func checked(_ name: String) throws(DroverError) -> StepName {
        do throws(ValidationError) { return try StepName(name) } catch {
            throw DroverError(.refused, "a step of the job \(key) was not run: \(error)", cause: error)
        }
    }

    /// What the step recorded, as it is stored; nil when it has to run.
    private func begin(_ name: StepName) throws(DroverError) -> JSONText? {
        let beginning: StepTable.Beginning
        do throws(StepTable.Refusal) {
            beginning = try attemptState.withSteps { steps throws(StepTable.Refusal) in try steps.begin(name) }
        } catch { throw refused(name, error) }
        if case .recorded(let stored) = beginning { return stored }
        // Whoever holds the job now may run the step as well.
        if attemptState.fate.stop == .leaseLost {
            attemptState.withSteps { $0.end(name) }
            throw leaseLost
        }
        return nil
    }

    private func open(_ recorded: JSONText, _ name: StepName) throws(DroverError) -> JSONText {
        do throws(UnreadableValue) { return try worker.open(recorded, step: name, of: job.name, opened) } catch {
            throw DroverError(.unreadable, "\(words(name)) was run before: \(error.reason)", cause: error)
        }
    }

    private func record(_ result: JSONText, of name: StepName) async throws {
        let stored = try seal(result, name)
        let limits = worker.configuration
        do throws(StepTable.Refusal) {
            try attemptState.withSteps { steps throws(StepTable.Refusal) in
                try steps.reserve(name, stored, each: limits.maxResultBytes, together: limits.maxStepBytes)
            }
        } catch { throw refused(name, error) }
        do { try await report(.step(name, result: stored)) } catch {
            attemptState.withSteps { $0.release(name, stored) }
            throw error
        }
        attemptState.withSteps { $0.keep(name, stored) }
    }

    private func seal(_ result: JSONText, _ name: StepName) throws -> JSONText {
        do { return try worker.stored(result, step: name, of: job.name, opened) } catch let problem as ValidationError {
            throw DroverError(.refused, "\(words(name)) was not recorded: \(problem)", cause: problem)
        }
    }

    private func words(_ name: StepName) -> String {
        "the step \(ValidationError.quote(name.text)) of the job \(key)"
    }

    private func refused(_ name: StepName, _ refusal: StepTable.Refusal) -> DroverError {
        switch refusal {
        case .isRunning:
            DroverError(.refused, "\(words(name)) runs at this moment; give each step of the job a name of its own")
        case .tooMany:
            DroverError(
                .refused,
                "\(words(name)) was not run: the job has \(JobStep.mostOfJob) steps, and no more are accepted; let one step "
                    + "do more, or make several jobs")
        case .tooLarge(let bytes, let limit):
            DroverError(
                .stepTooLarge,
                "\(words(name)) came to \(bytes) bytes and was not recorded; at most \(limit) are accepted. Store it "
                    + "elsewhere and return its place")
        case .tooLargeTogether(let bytes, let limit):
            DroverError(
                .stepTooLarge,
                "\(words(name)) was not recorded: the job's steps would have \(bytes) bytes together, and at most \(limit) "
                    + "are accepted. Store results elsewhere and return their places")
        }
    }
}
