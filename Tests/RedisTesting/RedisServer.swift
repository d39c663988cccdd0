import DroverTesting
import Foundation
import ProcessTesting
import Synchronization

/// A Redis server of a test's own: on a free port of this host, in a temporary folder, gone with the test's process.
///
/// ```swift
/// let server = try await RedisServer.start(.init(appendOnly: .always))
/// try await server.kill()
/// try await server.restart()      // same port, same folder
/// try await server.stop()
/// ```
package final class RedisServer: Sendable {
    private enum State: Sendable {
        case running(ChildProcess)
        case ended
        case stopped
    }

    /// How it was configured.
    package let options: Options
    /// The port on which it listens, on 127.0.0.1 only.
    package let port: Int
    /// The port on which it speaks TLS, when ``Options/certificates`` are given.
    package let tlsPort: Int?
    /// Its folder, with its data and its configuration.
    package let folder: String
    private let state = Mutex(State.ended)

    /// The path of its Unix socket, when ``Options/unixSocket`` is set.
    package var socketPath: String? { options.unixSocket ? folder + "/redis.sock" : nil }

    /// The number of its process, while it runs.
    package var processID: Int32? { child?.processID }

    /// What it logged since its last start, newest last.
    package var log: [String] { child?.lines.values ?? [] }

    private init(options: Options, port: Int, tlsPort: Int?, folder: String) {
        self.options = options
        self.port = port
        self.tlsPort = tlsPort
        self.folder = folder
    }

    deinit {
        // A server that a test forgot to stop ends when nobody can reach it any more.
        if case .running(let child) = state.withLock({ $0 }) { child.crash() }
        removeFolder()
    }

    /// Starts a server and waits until it answers.
    package static func start(_ options: Options = Options(), timeout: Duration = .seconds(300)) async throws
        -> RedisServer
    {
        var taken: [Failed] = []
        // Between the choice of a port and the server's start somebody else may take it.
        while taken.count < 20 {
            let folder = FileManager.default.temporaryDirectory.appending(path: "drover-redis-\(UUID().uuidString)")
                .path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let server = RedisServer(
                options: options, port: try FreePort.next(),
                tlsPort: options.certificates == nil ? nil : try FreePort.next(), folder: folder)
            try Data(server.configuration.utf8).write(to: URL(filePath: folder + "/redis.conf"))
            do {
                try await server.launch(timeout: timeout)
                return server
            } catch let failure as Failed where failure.isPortTaken {
                taken.append(failure)
            }
        }
        throw taken[0]
    }

    /// Ends it at once, as a crash would (SIGKILL), and waits for its end. Nothing happens when it has ended.
    package func kill() async throws {
        let child: ChildProcess? = state.withLock { state in
            guard case .running(let child) = state else { return nil }
            state = .ended
            return child
        }
        child?.crash()
        try await child?.end()
    }

    /// Starts it again, on the same port and with the same folder, and waits until it answers; kills it before if it runs.
    /// Where the end of its append-only file was cut in a script's changes it has written the file anew by then.
    ///
    /// - Parameter timeout: how long to wait; reading a long append-only file takes its time.
    package func restart(timeout: Duration = .seconds(300)) async throws {
        try await kill()
        try await launch(timeout: timeout)
        try await dropCutTransaction()
    }

    /// Stops it (SIGSTOP): it keeps its connections and answers nobody. Returns when it has stopped.
    package func pause() throws { try runningChild().pause() }

    /// Lets it go on after ``pause()``.
    package func unpause() throws { try runningChild().unpause() }

    /// Kills it and removes its folder. It can't be started again.
    package func stop() async throws {
        try await kill()
        state.withLock { $0 = .stopped }
        removeFolder()
    }

    private var child: ChildProcess? {
        state.withLock { if case .running(let child) = $0 { child } else { nil } }
    }

    private func runningChild() throws -> ChildProcess {
        guard let child else { throw Failed("the Redis server on port \(port) does not run") }
        return child
    }

    private func launch(timeout: Duration) async throws {
        if case .stopped = state.withLock({ $0 }) { throw Failed("a stopped Redis server can't be started again") }
        let child = try await RedisProcess.start(configuration: folder + "/redis.conf", timeout: timeout)
        state.withLock { $0 = .running(child) }
        let answer = try await command(["PING"])
        if answer != "PONG" { throw Failed("the Redis server on port \(port) answered \(answer) to PING") }
    }

    private func removeFolder() {
        // What can't be removed harms no test, and is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A server could not be started or asked.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
        var isPortTaken: Bool { description.contains("Address already in use") }

        init(_ description: String) { self.description = description }
    }
}
