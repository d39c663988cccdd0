import Foundation
import SystemPackage

extension ChildProcess {
    /// Stops it where it is (SIGSTOP); returns when it has stopped. It keeps all that it holds.
    package func pause() throws {
        kill(processID, SIGSTOP)
        // The signal only asks for it. The answer is left for the next who asks, so that pausing twice is no wait for ever.
        var information = siginfo_t()
        while waitid(P_PID, id_t(processID), &information, WSTOPPED | WNOWAIT) < 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    /// Lets it go on after ``pause()``.
    package func unpause() throws {
        guard kill(processID, SIGCONT) == 0 else { throw Errno(rawValue: errno) }
    }
}
