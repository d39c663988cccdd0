import Foundation
import RedisTesting

/// A server on this host as it looks from farther away: the tests' proxy as a program, for measurements.
///
/// usage: RedisDelay SERVER-PORT ROUND-TRIP-MICROSECONDS
///
/// The round trip is what the proxy adds; its own way through the system takes about a tenth of a millisecond more. It says the port at which it takes connections, and goes on until its input ends.
@main
struct RedisDelay {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().map { Int($0) }
        guard arguments.count == 2, let port = arguments[0], let roundTrip = arguments[1], roundTrip >= 0 else {
            print("usage: RedisDelay SERVER-PORT ROUND-TRIP-MICROSECONDS")
            exit(2)
        }
        let proxy = try await FaultProxy.start(to: port, delay: .microseconds(roundTrip) / 2)
        print(proxy.port)
        fflush(nil)
        await withCheckedContinuation { ended in
            Thread.detachNewThread {
                while !FileHandle.standardInput.availableData.isEmpty {}
                ended.resume()
            }
        }
        try await proxy.stop()
    }
}
