import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

@testable import RedisClient

/// A redis-server that a test starts for itself, in a folder of its own and on a free port of 127.0.0.1.
final class RealServer: Sendable {
    /// It did not start, with what it said.
    struct NotStarted: Error {
        var output: String
    }

    static let program = "/usr/bin/redis-server"

    /// Whether this machine has a redis-server.
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: program)
    }

    let folder: URL
    let port: Int
    private let process: Process
    private let exited = Signal("the end of a redis-server")

    var socketPath: String { folder.appending(path: "s").path }

    /// Starts one; with `tls` files in the folder, `port` speaks TLS.
    init(port: Int? = nil, folder: URL? = nil, tls: Bool = false, _ arguments: [String] = []) async throws {
        let folder = try folder ?? Self.makeFolder()
        let port = try await Self.freePort(port)
        let ready = Signal("a redis-server that is ready")
        let exited = exited
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments =
            [
                tls ? "--tls-port" : "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--dir", folder.path, "--unixsocket", folder.appending(path: "s").path,
            ] + (tls ? ["--port", "0"] : []) + arguments
        let output = Pipe()
        let said = ReadyWatcher(ready)
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            said.take(String(decoding: data, as: UTF8.self))
        }
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { _ in
            exited.fire()
            ready.fire()
        }
        try process.run()
        try await ready.wait()
        guard exited.count == 0 else { throw NotStarted(output: said.output) }
        self.folder = folder
        self.port = port
        self.process = process
    }

    /// A client that connects as told, by default over TCP.
    func client(_ change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisClient {
        var configuration = RedisConfiguration(address: .host("127.0.0.1", port: port))
        configuration.reconnect = ReconnectBackoff(base: .milliseconds(1), maximum: .milliseconds(20))
        change(&configuration)
        return RedisClient(configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Sends a signal to the server's process.
    func signal(_ number: Int32) {
        Glibc.kill(process.processIdentifier, number)
    }

    /// Kills the server and keeps its folder.
    func kill() async throws {
        signal(SIGKILL)
        try await exited.wait()
    }

    /// Kills the server and removes its folder.
    func stop() async throws {
        try await kill()
        try FileManager.default.removeItem(at: folder)
    }

    /// A new folder with a short path, because a socket's path has 107 bytes at most.
    static func makeFolder() throws -> URL {
        let folder = URL(fileURLWithPath: "/tmp/rc-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// `wanted`, or a port that nobody listens on.
    private static func freePort(_ wanted: Int?) async throws -> Int {
        if let wanted { return wanted }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}

/// Collects what a server says and tells when it is ready.
private final class ReadyWatcher: Sendable {
    private let ready: Signal
    private let text = Mutex("")

    init(_ ready: Signal) {
        self.ready = ready
    }

    var output: String {
        text.withLock { $0 }
    }

    func take(_ piece: String) {
        let isReady = text.withLock { text in
            text += piece
            return text.contains("eady to accept connections")
        }
        if isReady { ready.fire() }
    }
}
