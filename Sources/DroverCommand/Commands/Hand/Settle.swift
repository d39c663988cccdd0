import ArgumentParser
import Drover
import DroverCore

/// `drover settle`.
struct Settle: Subcommand {
    /// How a job ends.
    enum Ending: String, CaseIterable {
        case completed, failed, retry, snooze, release, cancelled
    }

    static let configuration = CommandConfiguration(
        commandName: "settle",
        abstract: "Say how a job ended that was taken by drover claim.",
        discussion: """
            OUTCOME is one of

              completed  done, with --result
              failed     a failed attempt: tried again as the job's options say, unless --final is given
              retry      a failed attempt, tried again after --after whatever the options say
              snooze     run again after --after; the attempt does not count
              release    given back to the front of the line; the attempt does not count
              cancelled  stopped because somebody cancelled it

            When the job is no longer held, nothing is stored and the exit status is 1: somebody else works it, or has. \
            It is 1 as well where a job was to complete while it waits for children, or is failed by one: it fails.

            Examples:
              drover settle "$token" completed --result '{"sent":true}'
              drover settle "$token" completed --result @report.json
              drover settle "$token" failed --reason 'no such mailbox' --final
              drover settle --queue mail --id 17 --token "$lease" retry --after 10m
            """)

    @OptionGroup var held: HeldOptions
    @Argument(
        help: ArgumentHelp(
            "The token of drover claim, unless --queue, --id and --token are given, and the outcome.",
            valueName: "token> <outcome"))
    var words: [String]
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With completed: the job's result: JSON, @FILE, or - for standard input. Default: null.", valueName: "json")
    )
    var result: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("With failed and retry: why, in one line, kept with the job.", valueName: "text"))
    var reason: String?
    @Option(
        help: ArgumentHelp("With retry and snooze: how long the job waits. Default: 0s.", valueName: "duration"),
        transform: DurationArgument.parse)
    var after: DurationArgument?
    @Flag(help: "With failed: for good, whatever attempts are left.") var final = false

    var attempt: String { "settle a job" }

    func validate() throws {
        let ending = try ending()
        func only(_ isGiven: Bool, _ option: String, _ endings: Ending...) throws {
            if isGiven && !endings.contains(ending) {
                let words = endings.map(\.rawValue).joined(separator: " and ")
                throw ArgumentParser.ValidationError("\(option) goes with \(words), not with \(ending.rawValue)")
            }
        }
        try only(result != nil, "--result", .completed)
        try only(reason != nil, "--reason", .failed, .retry)
        try only(after != nil, "--after", .retry, .snooze)
        try only(final, "--final", .failed)
    }

    private func ending() throws -> Ending {
        guard (1...2).contains(words.count), let word = words.last, let ending = Ending(rawValue: word) else {
            let names = Ending.allCases.map(\.rawValue).joined(separator: ", ")
            throw ArgumentParser.ValidationError("give TOKEN and OUTCOME, which is one of \(names)")
        }
        return ending
    }

    func run(in session: Session) async throws -> ExitStatus {
        let ending = try ending()
        let lease = try held.held(words.count == 2 ? words[0] : nil)
        let result = try result.map { try PayloadOptions.value($0, "result", in: session) } ?? .null
        let failure = try await held.withHeld(lease, in: session) { job, store -> String? in
            let wait = after?.duration ?? .zero
            switch ending {
            case .completed: try await job.complete(result)
            case .failed: try await job.fail(reason ?? "failed by hand", isFinal: final)
            case .retry: try await job.retry(after: wait, reason: reason ?? "retried by hand")
            case .snooze: try await job.snooze(for: wait)
            case .release: try await job.release()
            case .cancelled: try await job.cancel()
            }
            guard ending == .completed else { return nil }
            // A job that waits for children, or is failed by one, does not complete. The outcome is stored: that the store can't
            // be read just then is no failure of it.
            let found = try? await store.jobs([lease.job]).first
            guard let ended = found ?? nil, ended.state == .failed else { return nil }
            return ended.failedReason ?? "no reason"
        }
        if let failure {
            throw CommandFailure(
                .failed, "\(lease.job) did not complete, and has failed: \(failure)",
                advice: "see drover flow show --queue \(lease.job.queue) \(lease.job.id)")
        }
        session.output.note("\(lease.job) is settled: \(ending.rawValue)")
        return .done
    }
}
