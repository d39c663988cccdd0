import Foundation
import Synchronization
import SystemPackage

/// Ends the programs that a test process leaves running when it dies.
///
/// A shell beside the tests reads the numbers of the programs from a pipe that the test process alone holds open. The
/// end of the pipe is the end of the tests, however they ended, and then it kills what still runs. The death signal of
/// Linux is no help: it is tied to the thread that starts a program, and those come and go.
final class ProcessGuard: Sendable {
    /// The guard of this process. Tests do without one where no shell can be started.
    static let shared = try? ProcessGuard()

    private static let program = """
        trap '' INT HUP TERM
        running=' '
        while read -r sign number; do
            case $sign in
                +) running="$running$number " ;;
                -) running="${running%%" $number "*} ${running#*" $number "}" ;;
            esac
        done
        for number in $running; do kill -KILL "$number" 2>/dev/null; done
        """

    private let input: Mutex<FileHandle>

    private init() throws {
        let shell = try Spawn.start("/bin/sh", ["-c", Self.program], environment: ["PATH": "/usr/bin:/bin"])
        input = Mutex(shell.input)
    }

    /// Takes note of a program that runs from now on.
    func began(_ processID: pid_t) { tell("+ \(processID)") }

    /// Takes note of a program that has ended.
    func ended(_ processID: pid_t) { tell("- \(processID)") }

    private func tell(_ line: String) {
        // Without the shell programs are left as they would be without a guard: no reason to fail a test.
        input.withLock { try? $0.write(contentsOf: Data((line + "\n").utf8)) }
    }
}
