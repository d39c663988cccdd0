#if canImport(Glibc)
import Glibc
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How long the host has been running: the same for all its processes, and not moved when somebody sets its clock.
struct HostUptime: Sendable {
    /// Names this run of the host; the next start has another.
    let run: String
    /// Reads the milliseconds since the host's start, suspended time included.
    let milliseconds: @Sendable () -> Int64

    init(run: String, milliseconds: @escaping @Sendable () -> Int64) {
        self.run = run
        self.milliseconds = milliseconds
    }

    #if os(Linux)
    /// This host's; nil where the kernel does not name its run (https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html).
    static let system: HostUptime? = {
        guard let file = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") else { return nil }
        let name = String(decoding: file, as: UTF8.self).prefix { !$0.isWhitespace }
        guard !name.isEmpty else { return nil }
        return HostUptime(run: String(name)) {
            var time = timespec()
            clock_gettime(CLOCK_BOOTTIME, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        }
    }()
    #else
    /// Not read on this platform: leases are told by the wall clock.
    static let system: HostUptime? = nil
    #endif
}
