import DroverCore

/// Tells what a move did, or would do.
struct MoveResult {
    let run: MoveRun
    let tallies: [MoveTally]
    /// Nothing was done.
    let isDry: Bool
    /// How long it took; nil where nothing was done.
    let seconds: Double?
    /// How many reservations of allowances were carried.
    let allowances: Int
    /// The allowances of which the target had too much reserved to take more.
    var refusedAllowances: [String] = []

    private static let tooMuch = "with the target's it would be more than 10,000"

    private var jobs: Int { tallies.reduce(0) { $0 + $1.moved.total } }

    /// Whether the queues had been moved before, and the source has had nothing since.
    private var nothingCameIn: Bool {
        !isDry && !run.stop.isAsked && tallies.contains(where: \.isRepeated) && tallies.allSatisfy(\.foundNothing)
    }

    /// Whether all that was there was moved: no jobs are left of those that the move began with, and no allowance.
    var isWhole: Bool { tallies.allSatisfy(\.isWhole) && refusedAllowances.isEmpty }

    /// Prints it, and what a person must know beside it.
    func tell(json: Bool, _ output: Output) {
        if json {
            output.line(
                JSONWriter.object([
                    ("from", JSONWriter.string(run.source.name)), ("to", JSONWriter.string(run.target.name)),
                    ("queues", JSONWriter.array(tallies.map(\.json))), ("jobs", String(jobs)),
                    ("schedules", String(tallies.reduce(0) { $0 + $1.schedules })),
                    ("allowances", String(allowances)),
                    (
                        "allowancesNotCarried",
                        JSONWriter.array(
                            refusedAllowances.map {
                                JSONWriter.object([
                                    ("key", JSONWriter.string($0)), ("reason", JSONWriter.string(Self.tooMuch)),
                                ])
                            })
                    ),
                    ("nothingCameIn", String(nothingCameIn)),
                    ("seconds", JSONWriter.number(seconds, digits: 3)),
                ]))
        } else {
            for tally in tallies { output.line(Self.line(tally, isDry: isDry)) }
            if tallies.isEmpty { output.line("there is nothing to move in \(run.source.name)") }
            if allowances > 0 {
                output.line(
                    "\(Counted.text(allowances, "reservation")) of allowances \(isDry ? "would be carried" : "carried")"
                )
            }
            if !refusedAllowances.isEmpty {
                output.line(
                    "\(Counted.text(refusedAllowances.count, "allowance")) not carried, or in part; see the lines that name "
                        + (refusedAllowances.count == 1 ? "it" : "them"))
            }
        }
        for remark in tallies.flatMap(\.remarks) { output.note(remark) }
        for key in refusedAllowances {
            output.note(
                "not carried: what is reserved of the allowance \(ValidationError.quote(key)): \(Self.tooMuch); give back of it "
                    + "there by drover allowance, or wait, and run drover move again")
        }
        if isDry || tallies.isEmpty { return }
        let cameIn = tallies.reduce(0) { $0 + $1.cameIn }
        output.note("the queues stay paused in \(run.source.name)")
        if cameIn > 0 {
            output.note(
                "\(Counted.text(cameIn, "job")) came in meanwhile: let the producers add to \(run.target.name), then run "
                    + "this command again")
        }
        if nothingCameIn { output.note("nothing came in since the last move\(consequence)") }
    }

    /// What follows where nothing came in: of queues that were not looked at, and of what was not carried, it says nothing.
    private var consequence: String {
        if run.queues != nil { return " of these queues" }
        return tallies.allSatisfy(\.remains.isEmpty) && refusedAllowances.isEmpty
            ? "; \(run.source.name) is no longer needed" : ""
    }

    private static func line(_ tally: MoveTally, isDry: Bool) -> String {
        let states = JobState.allCases.filter { tally.moved[$0] > 0 }.map { "\($0.rawValue) \(tally.moved[$0])" }
        var line = "\(tally.queue): \(Counted.text(tally.moved.total, "job")) \(isDry ? "would be moved" : "moved")"
        if !states.isEmpty { line += " (\(states.joined(separator: ", ")))" }
        if tally.schedules > 0 { line += ", \(Counted.text(tally.schedules, "schedule"))" }
        if tally.knownJobs > 0 { line += ", \(tally.knownJobs) \(tally.knownJobs == 1 ? "was" : "were") there already" }
        return line + knownSchedules(tally)
    }

    /// What is said of schedules that the target had: the next jobs of the source's are given up for theirs.
    private static func knownSchedules(_ tally: MoveTally) -> String {
        let count = tally.knownSchedules
        if count == 0 { return "" }
        let names = tally.namesOfKnown.map { ValidationError.quote($0) }.joined(separator: ", ")
        let isNamed = tally.namesOfKnown.count == count
        if count == 1 {
            return ", \(isNamed ? "schedule \(names)" : "1 schedule") was there already and keeps its own next job"
        }
        let told = isNamed ? "schedules \(names)" : "\(count) schedules"
        return ", \(told) were there already and keep their own next jobs"
    }
}
