#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The processor time that this process has used, its own and the system's for it.
enum ProcessorTime {
    /// In microseconds since the process began.
    static var microseconds: Double {
        var usage = rusage()
        #if canImport(Glibc)
        // The C header declares the word as an enumeration and the parameter as a number.
        _ = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
        _ = getrusage(RUSAGE_SELF, &usage)
        #endif
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
    }
}
