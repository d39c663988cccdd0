import DroverCore
import Foundation
import RedisTesting
import Testing

/// PROTOCOL 23, WK.
@Suite("Interoperability: workers")
struct WorkerTests {
    @Test("WK1: of idle workers of both clients exactly one takes a job, at once", arguments: Party.allCases)
    func idle(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            // If most jobs waited until a worker looks by itself, all of them would take longer than the test allows.
            let settings = WorkerSettings(idle: 100)
            let python = try await bridge.ask("work", ["opts": settings.options])
            try await bridge.working(.swift, settings) {
                try await bridge.working(.swift, settings) {
                    let began = try await bridge.now()
                    for number in 1...20 {
                        try await bridge.add(number % 2 == 0 ? producer : producer.other)
                        try await bridge.ended(number)
                    }
                    #expect(try await bridge.now() - began < 300_000)
                }
            }
            try await bridge.ask("stopWork", ["worker": python])
            #expect(try await bridge.begun() == (1...20).map(String.init))
        }
    }

    @Test("WK1: a worker that is woken wakes the next", arguments: Party.allCases)
    func wakesTheNext(_ producer: Party) async throws {
        try await Bridge.run { bridge in
            let settings = WorkerSettings(idle: 100)
            let python = try await bridge.ask("work", ["opts": settings.options])
            try await bridge.working(.swift, settings) {
                let ids = try await bridge.addBulk(
                    producer, Array(repeating: .init(data: bridge.gate("g")), count: 2))
                // Neither has ended: each is another worker's.
                for id in ids { try await bridge.heard("active", id) }
                try await bridge.openGate("g")
                try await bridge.ended(2)
            }
            try await bridge.ask("stopWork", ["worker": python])
        }
    }

    /// Node's `getWorkers` looks for these names, as Bull Board does; Python's does not write the queue's name so.
    @Test("WK2: a Swift worker is shown to BullMQ's clients by the name of a connection")
    func shown() async throws {
        try await Bridge.run(["bullmqWorkers": "1"]) { bridge in
            let name = "\(bridge.prefix):\(Data(bridge.queue.text.utf8).base64EncodedString()):w:w_1"
            func names() async throws -> [String] {
                try await bridge.server.command("CLIENT", "LIST").split(whereSeparator: \.isWhitespace)
                    .filter { $0.hasPrefix("name=") }.map { String($0.dropFirst(5)) }
            }
            try await bridge.working(.swift, WorkerSettings(name: "w 1")) {
                try await bridge.add(.python)
                try await bridge.ended(1)
                while try await !names().contains(name) { try await bridge.pass(.milliseconds(20)) }
                #expect(try await bridge.store.workers().map(\.report.id) == ["w 1"])
            }
            while try await names().contains(name) { try await bridge.pass(.milliseconds(20)) }
        }
    }

    @Test("WK3: an idle worker closes at once", arguments: Party.allCases)
    func closes(_ worker: Party) async throws {
        try await Bridge.run { bridge in
            var time = Duration.seconds(3600)
            // A busy host may hold one up; what a worker itself would wait for holds up all.
            for number in 1...3 where time >= .seconds(8) {
                let idle = try await bridge.working(worker) {
                    try await bridge.add(worker.other)
                    try await bridge.ended(number)
                    return ContinuousClock.now
                }
                time = min(time, ContinuousClock.now - idle)
            }
            #expect(time < .seconds(8))
        }
    }
}
