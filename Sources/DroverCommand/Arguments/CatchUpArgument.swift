import DroverCore

/// What becomes of times that passed, as it is written: `skip`, `latest`, or how many of the last ones to run.
enum CatchUpArgument {
    /// Reads a rule.
    @Sendable static func parse(_ text: String) throws -> DroverCore.Schedule.CatchUp {
        switch text {
        case "skip": return .skip
        case "latest": return .latest
        default:
            guard let most = Int(text), most > 0 else {
                throw ValidationError(
                    "catch-up", "\(ValidationError.quote(text)) is no rule; give skip, latest, or a number of 1 or more"
                )
            }
            return .all(atMost: most)
        }
    }
}
