import Foundation
import Synchronization

extension RedisServer {
    /// One server for all tests of a process that need nothing special, without persistence. Started at first use.
    package static var shared: RedisServer {
        get async throws { try await starting.value }
    }

    /// A prefix of keys that no other test of this process has.
    package static func freshPrefix() -> String {
        "t\(prefixes.add(1, ordering: .relaxed).newValue)"
    }

    private static let prefixes = Atomic(0)

    // Unstructured, since it belongs to no test: whoever comes first must not end it for the others.
    private static let starting = Task {
        let server = try await start()
        folderToRemove.withLock { $0 = server.folder }
        // The server itself ends with the process.
        atexit { removeSharedFolder() }
        return server
    }

    private static let folderToRemove = Mutex("")

    private static func removeSharedFolder() {
        let folder = folderToRemove.withLock { $0 }
        // What can't be removed harms no test, and is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: folder)
    }
}
