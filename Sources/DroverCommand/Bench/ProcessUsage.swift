#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What this process has used so far, by the system's account.
enum ProcessUsage {
    /// Processor time, its own and the system's for it, in microseconds since the process began.
    static var processorMicroseconds: Double {
        let usage = usage
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
    }

    /// The most memory that it ever held, in mebibytes.
    static var peakMebibytes: Double {
        #if canImport(Darwin)
        Double(usage.ru_maxrss) / 1_048_576  // bytes
        #else
        Double(usage.ru_maxrss) / 1024  // kibibytes (getrusage(2))
        #endif
    }

    private static var usage: rusage {
        var usage = rusage()
        #if canImport(Glibc)
        // The C header declares the word as an enumeration and the parameter as a number.
        _ = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
        _ = getrusage(RUSAGE_SELF, &usage)
        #endif
        return usage
    }
}
