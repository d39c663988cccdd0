import Foundation

/// Runs programs where a folder is mounted in a special way, which no other process sees.
///
/// Tests may run as root, for whom permissions do not hold; a mount does.
/// Where the system allows no mounts of one's own, ``isAllowed`` says so and a run fails.
package enum MountedFolder {
    /// How the folder is mounted.
    package enum Kind: Sendable {
        /// An empty file system in memory of so many bytes.
        case small(bytes: Int)
        /// As it is, but nothing can be written.
        case readOnly

        /// The command of a shell that mounts it at `$1`.
        fileprivate var script: String {
            switch self {
            case .small(let bytes): #"mount -t tmpfs -o size=\#(bytes) tmpfs "$1""#
            case .readOnly: #"mount --bind "$1" "$1" && mount -o remount,bind,ro "$1""#
            }
        }
    }

    /// Starts `program` with the folder mounted.
    package static func start(
        _ program: String, _ arguments: [String], mounting folder: String, as kind: Kind
    ) throws -> ChildProcess {
        let script = #"\#(kind.script) && shift && exec "$@""#
        return try ChildProcess(
            "/usr/bin/env", namespace + ["sh", "-c", script, "sh", folder, program] + arguments)
    }

    /// The words before a command whose mounts no other process sees.
    package static var namespace: [String] {
        // Root may be without the right to make a namespace of users, and needs none.
        ["unshare"] + (geteuid() == 0 ? ["-m"] : ["-r", "-m"])
    }

    /// Whether this system allows mounts of one's own. In continuous integration it must: there a test that mounts fails
    /// where it would be skipped elsewhere.
    package static let isAllowed: Bool = {
        if ProcessInfo.processInfo.environment["CI"] != nil { return true }
        let script = ["sh", "-c", #"mount -t tmpfs tmpfs "$1""#, "sh", FileManager.default.temporaryDirectory.path]
        return Spawn.succeeds("/usr/bin/env", namespace + script)
    }()
}
