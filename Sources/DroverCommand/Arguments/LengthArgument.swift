import DroverCore

/// A queue's maximum length as it is written: a number of jobs, or `none`.
struct LengthArgument: Hashable, Sendable {
    /// The number; nil for no bound.
    var most: Int?

    /// Reads a length.
    ///
    /// - Throws: `ValidationError` that says which forms are accepted.
    init(parsing text: String) throws(ValidationError) {
        if text == "none" {
            most = nil
            return
        }
        guard let most = Int(text), (1...QueueSetting.greatestMaxLength).contains(most) else {
            throw ValidationError(
                "max-length",
                "\(ValidationError.quote(text)) is no maximum length; give 1 to 1,000,000,000 jobs, or none for no bound"
            )
        }
        self.most = most
    }

    /// Reads a length, for the parser's `transform`.
    @Sendable static func parse(_ text: String) throws -> LengthArgument { try LengthArgument(parsing: text) }
}
