import Foundation

/// Runs programs where a folder is mounted in a special way, which no other process sees.
///
/// Tests may run as root, for whom permissions do not hold; a mount does.
/// Where the system allows no mounts of one's own the run fails and says so.
package enum MountedFolder {
    /// How the folder is mounted.
    package enum Kind: Sendable {
        /// An empty file system in memory of so many bytes.
        case small(bytes: Int)
        /// As it is, but nothing can be written.
        case readOnly

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
        // Root may be without the right to make a namespace of users, and needs none.
        let namespace = geteuid() == 0 ? ["-m"] : ["-r", "-m"]
        let script = #"\#(kind.script) && shift && exec "$@""#
        return try ChildProcess(
            "/usr/bin/env", ["unshare"] + namespace + ["sh", "-c", script, "sh", folder, program] + arguments)
    }
}
