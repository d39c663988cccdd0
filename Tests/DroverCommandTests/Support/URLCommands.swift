@testable import DroverCommand

/// Runs a command as the program does, on the store of a URL, and gives its exit status and what it printed.
func drover(_ arguments: [String], url: String) async -> (status: ExitStatus, transcript: Transcript) {
    let transcript = Transcript()
    var session = Session.process
    session.output = transcript.output
    session.environment = ["DROVER_STORE": url]
    return (await DroverTool.run(arguments, in: session), transcript)
}

/// Every command that only looks.
let lookingCommands = [
    ["queues"], ["jobs", "--queue", "q"], ["job", "--queue", "q", "1"], ["workers"], ["events", "--queue", "q"],
    ["doctor"],
]
