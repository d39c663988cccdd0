import DroverTesting
import RedisTesting
import Testing

/// Connections are cut in both directions, after any number of bytes.
@Suite("Cut connections", .serialized)
struct CutConnectionTests {
    @Test("Wherever connections are cut, every job ends once, nothing stalls and no connection is left behind")
    func cuts() async throws {
        let random = TestRun.generator()
        let cuts = TestRun.number("DROVER_REDIS_CUTS", default: 20)
        try await FaultBench.with { bench in
            let proxy = try await FaultProxy.start(to: bench.server.port)
            let result = try await bench.endure(try bench.configuration(port: proxy.port)) { load in
                var random = random
                while proxy.closed.values.count < cuts {
                    let closed = proxy.closed.values.count
                    let direction = Bool.random(using: &random) ? FaultProxy.Direction.toServer : .toClient
                    // Short ones meet the greeting and the blocked connections, long ones a reply of many jobs.
                    let bytes = Int.random(in: 0...(Bool.random(using: &random) ? 200 : 20_000), using: &random)
                    let isNext = Int.random(in: 0..<4, using: &random) == 0
                    if isNext {
                        try await proxy.cut(after: bytes, direction, of: .next)
                        try await proxy.cutAll()
                    } else {
                        try await proxy.cut(after: bytes, direction)
                    }
                    // Nothing comes of it where the connections were just about to be made anew.
                    _ = try? await proxy.closed.wait(for: closed + 1, timeout: .milliseconds(500))
                    // What matters is that the work goes on.
                    try await load.ended.wait(for: load.ended.values.count + 1, timeout: .seconds(300))
                }
                // The producers' and the worker's two, of which it has the second once it has waited for work.
                let connections = try await bench.connections(becoming: 2...3)
                #expect((2...3).contains(connections))
            }
            #expect(try await bench.connections(becoming: 0...0) == 0)
            let made = proxy.opened.values.count
            try await proxy.stop()
            TestRun.figure("\(proxy.closed.values.count) cuts of \(made) connections, \(result.acknowledged) jobs")
        }
    }
}
