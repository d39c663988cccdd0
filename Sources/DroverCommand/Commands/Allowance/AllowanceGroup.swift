import ArgumentParser
import Drover
import DroverCore
import Foundation

/// `drover allowance`: how much of something whoever may have in a span of time.
struct AllowanceGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allowance",
        abstract: "Reserve of allowances, give back, and see how much is used.",
        discussion: """
            An allowance is so much of something in a span of time for whoever a key names: two exports of a user in a day. \
            What is reserved counts for one span from its own moment. A key is any text, in the whole store; how much there \
            is, is said with each call.
            """,
        subcommands: [AllowanceReserve.self, AllowanceShow.self, AllowanceRefund.self, AllowanceReset.self])
}

/// `drover allowance reserve`.
struct AllowanceReserve: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "reserve",
        abstract: "Reserve of an allowance, or fail when too little is left.",
        discussion: """
            Prints the id of what was reserved, by which it can be given back. The exit status is 1 when too little is left; \
            in how long there is enough is told. With an --id that holds something already nothing more is reserved.

            Examples:
              drover allowance reserve exports:42 --most 2/24h
              drover allowance reserve mails:42 --most 50/1h --amount 5 --id newsletter-17
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The allowance's key, as exports:42.") var key: String
    @Option(
        help: ArgumentHelp("How much there is in what span, or without a span for ever.", valueName: "n/span|n"),
        transform: AllowanceArgument.parse)
    var most: AllowanceArgument
    @Option(help: ArgumentHelp("How much to reserve.", valueName: "n")) var amount = 1
    @Option(help: ArgumentHelp("An id of your own for what is reserved; default: a new one.", valueName: "id"))
    var id: String?
    @Flag(help: "Print JSON: an object with id, result and freeInMs.") var json = false

    var attempt: String { "reserve of an allowance" }

    func run(in session: Session) async throws -> ExitStatus {
        let id = id ?? UUID().uuidString.lowercased()
        let share = AllowanceShare(Allowance(key, max: most.max, per: most.per), amount: amount)
        let result = try await session.allow(.reserve(id: id, [share]), store)
        guard case .spent(let key, let freeIn) = result else {
            let members = [("id", JSONWriter.string(id)), ("result", JSONWriter.string("granted"))]
            session.output.line(json ? JSONWriter.object(members) : Printable.text(id))
            return .done
        }
        if json {
            session.output.line(
                JSONWriter.object([
                    ("id", JSONWriter.string(id)), ("result", JSONWriter.string("spent")),
                    ("freeInMs", freeIn.map { String($0.wholeMilliseconds) } ?? "null"),
                ]))
        }
        throw AllowanceSpent(key: key, freeIn: freeIn)
    }
}

/// `drover allowance show`.
struct AllowanceShow: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how much of an allowance is used.",
        discussion: """
            Example:
              drover allowance show exports:42
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The allowance's key.") var key: String
    @Flag(help: "Print JSON: an object with key, used and lessInMs.") var json = false

    var attempt: String { "look at an allowance" }

    func run(in session: Session) async throws -> ExitStatus {
        guard case .use(let use) = try await session.allow(.look(key: key), store, .existing) else { return .failed }
        let less = use.lessIn.map { ", less in \($0.roundedText)" } ?? ""
        session.output.line(
            json
                ? JSONWriter.object([
                    ("key", JSONWriter.string(key)), ("used", String(use.used)),
                    ("lessInMs", use.lessIn.map { String($0.wholeMilliseconds) } ?? "null"),
                ]) : Printable.text("\(key)  \(use.used) used\(less)"))
        return .done
    }
}

/// `drover allowance refund`.
struct AllowanceRefund: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "refund",
        abstract: "Give back what was reserved under an id.",
        discussion: """
            The exit status is 4 when nothing is reserved under it.

            Example:
              drover allowance refund mails:42 --id newsletter-17
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The allowance's key.") var key: String
    @Option(help: ArgumentHelp("The id of what was reserved.", valueName: "id")) var id: String

    var attempt: String { "give back of an allowance" }

    func run(in session: Session) async throws -> ExitStatus {
        guard case .refunded(let amount) = try await session.allow(.refund(id: id, keys: [key]), store), amount > 0
        else {
            throw CommandFailure(
                .notFound, "nothing of \(ValidationError.quote(key)) is reserved under \(ValidationError.quote(id))",
                advice: "see drover allowance show")
        }
        session.output.line(Printable.text("\(key)  \(amount) given back"))
        return .done
    }
}

/// `drover allowance reset`.
struct AllowanceReset: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Give back all that was reserved of an allowance.",
        discussion: """
            Example:
              drover allowance reset exports:42
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The allowance's key.") var key: String

    var attempt: String { "reset an allowance" }

    func run(in session: Session) async throws -> ExitStatus {
        guard case .refunded(let amount) = try await session.allow(.reset(key: key), store) else { return .failed }
        session.output.line(Printable.text("\(key)  \(amount) given back"))
        return .done
    }
}

extension Session {
    /// Applies one command to an allowance.
    ///
    /// - Throws: `ValidationError` where it is refused.
    fileprivate func allow(_ command: AllowanceCommand, _ options: StoreOptions, _ access: Access = .create)
        async throws -> AllowanceResult
    {
        if let problem = command.problem { throw problem }
        let result = try await withStore(options, access) { store in try await store.apply([command]).first }
        guard let result else { throw CommandFailure(.failed, "the store did not answer", advice: "try again") }
        if case .refused(let problem) = result { throw problem }
        return result
    }
}
