import Foundation
import Synchronization
import SystemPackage

/// Starts programs so that no two of them, started at the same time, inherit anything of each other.
///
/// Not Foundation's `Process`: what it opens for one program may be inherited by another that a second thread starts,
/// and then the end of the first is only noticed when the other has ended as well.
enum Spawn {
    /// A program that runs, and our ends of its pipes.
    struct Started {
        let processID: pid_t
        let input: FileHandle
        let output: FileHandle
        let errors: FileHandle
    }

    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    /// `posix_spawn_file_actions_addclosefrom_np`, which the C library has (glibc from 2.34 on) and shows to C alone.
    /// Darwin has a flag instead.
    private static let closeFrom: CloseFrom? = {
        guard let address = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return nil }
        return unsafeBitCast(address, to: CloseFrom.self)
    }()

    /// One start at a time: between the making of a pipe and its mark another start could inherit it.
    private static let turn = Mutex(())

    /// Starts a program with pipes for its standard input, output and error.
    static func start(_ program: String, _ arguments: [String], environment: [String: String]) throws -> Started {
        try turn.withLock { _ in try startAlone(program, arguments, environment: environment) }
    }

    private static func startAlone(
        _ program: String, _ arguments: [String], environment: [String: String]
    ) throws -> Started {
        let input = try pipe()
        let output = try pipe()
        let errors = try pipe()
        defer { for end in [input.reading, output.writing, errors.writing] { close(end) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, end) in [input.reading, output.writing, errors.writing].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, end, Int32(target))
        }
        // The test's sockets are marked by nobody: a connection or port that it closes would stay open in the program.
        _ = closeFrom?(&actions, 3)
        // The thread that starts it may block signals, or the test ignore some: neither is to be inherited.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        #if canImport(Darwin)
        flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var processID = pid_t()
        let code = posix_spawn(&processID, program, &actions, &attributes, &words, &variables)
        if code != 0 {
            for end in [input.writing, output.reading, errors.reading] { close(end) }
            throw Errno(rawValue: code)
        }
        return Started(
            processID: processID, input: handle(input.writing), output: handle(output.reading),
            errors: handle(errors.reading))
    }

    /// Runs a program to its end, in silence, and says whether it could be started and went well.
    static func succeeds(_ program: String, _ arguments: [String]) -> Bool {
        // Where it can't be started, the answer is no.
        guard let started = try? start(program, arguments, environment: ProcessInfo.processInfo.environment) else {
            return false
        }
        var status: Int32 = 0
        while waitpid(started.processID, &status, 0) < 0, errno == EINTR {}
        return status == 0
    }

    /// Waits on a thread of its own until a program has ended.
    static func whenEnded(_ processID: pid_t, _ body: @escaping @Sendable (_ status: Int32) -> Void) {
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(processID, &status, 0) < 0, errno == EINTR {}
            body(status)
        }
    }

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        // Closed in every program that is started, but for the ends that are given to it.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func handle(_ descriptor: Int32) -> FileHandle {
        FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
