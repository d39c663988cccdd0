import DroverSQLite

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A small program that works on a store's file in a process of its own, for tests.
///
/// It answers on standard output, line by line, and exits with 0 when it has done what it was asked.
@main
struct Workload {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        do {
            switch (arguments.first, Array(arguments.dropFirst())) {
            case ("power-cut", let rest) where rest.count == 2:
                try await PowerCut(folder: rest[0], seed: UInt64(rest[1]) ?? 0).run()
            case ("fill", let rest) where rest.count == 2:
                try await Fill(path: rest[0], ballast: rest[1]).run()
            case ("open", let rest) where rest.count == 1:
                let store = SQLiteStore(path: rest[0])
                try await store.prepare()
                say("open")
                await store.close()
            case ("console", let rest) where rest.count == 1:
                try await Console(path: rest[0]).run()
            case ("console-queue", let rest) where rest.count == 1:
                try await Console(queueAt: rest[0]).run()
            case ("orders", let rest) where rest.count == 2:
                try await Orders(path: rest[0], kind: rest[1]).run()
            case ("blocked-pool", let rest) where rest.count == 2:
                try await BlockedPool(path: rest[0], jobs: Int(rest[1]) ?? 0).run()
            default:
                say(
                    """
                    usage: power-cut FOLDER SEED | fill PATH BALLAST | open PATH | console PATH | console-queue PATH
                        | orders PATH pool|queue | blocked-pool PATH JOBS
                    """
                )
                exit(2)
            }
        } catch {
            say("error \(error)")
            exit(1)
        }
    }

    /// Writes a line at once, also into a pipe.
    static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
