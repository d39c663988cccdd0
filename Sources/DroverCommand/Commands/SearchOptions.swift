import Drover
import DroverCore
import Logging

/// Reads what follows `--where`.
enum SearchOptions {
    /// The help of `--where`.
    static let whereHelp =
        "Which jobs, as a query: state = failed and payload.userId = \"42\" and createdAt > -2h."

    /// Reads a query. Where it can't be read, shows the place.
    ///
    /// - Parameter now: from when spans as `-2h` count.
    /// - Throws: ``CommandFailure`` that says where the fault is and what was expected.
    static func filter(_ query: String, now: Timestamp, in session: Session) throws -> JobFilter {
        do throws(JobFilterError) {
            return try JobFilter(query, now: now)
        } catch {
            error.pointer.forEach { session.output.note(Printable.text($0)) }
            throw CommandFailure.usage("--where: \(Printable.text(error.description))")
        }
    }

    /// Says that encrypted values are not seen, where that may be why nothing was found.
    static func noteEncryption(_ filter: JobFilter, matched: Int, in session: Session) {
        if matched == 0 && filter.looksAtEncryptable {
            session.output.note(
                "Encrypted payloads and results are not searched: only what is stored in plain is seen.")
        }
    }

    /// A service on a store, for searching.
    static func service(_ store: any JobStore, in session: Session) -> JobService {
        JobService(
            store: store, configuration: ServiceConfiguration(clock: session.clock, wallClock: session.wallClock),
            logger: StandardErrorLog.logger(level: .warning, session: session))
    }
}
