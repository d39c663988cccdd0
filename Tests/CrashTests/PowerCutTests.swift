import DroverCore
import DroverTesting
import Foundation
import ProcessTesting
import Testing

/// The power fails at a random moment, and the file is rebuilt from what was on the disk.
@Suite("Power cuts", .serialized)
struct PowerCutTests {
    /// Records one run of the workload.
    private func recorded(
        _ body: (Journal, TemporaryFolder, inout SeededGenerator) async throws -> Void
    ) async throws {
        var random = TestRun.generator()
        try await withTemporaryFolder { folder in
            let work = folder.file("work")
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: false)
            let journal = try await Journal.record(
                BuiltProducts.path(of: "PowerCutWorkload"), ["power-cut", work, String(random.seed % 1000)],
                folder: work,
                in: folder)
            try await body(journal, folder, &random)
        }
    }

    /// Cuts the power at these entries and returns what was wrong after each.
    private func problems(
        after cuts: [Int], in journal: Journal, losing loss: Disk.Loss, lyingFrom lie: Int = .max,
        _ folder: TemporaryFolder, _ random: inout SeededGenerator
    ) async throws -> [(cut: Int, acknowledged: Int, problems: [String])] {
        var disk = Disk()
        var acknowledged = Acknowledged()
        var found: [(Int, Int, [String])] = []
        var cuts = cuts.sorted()[...]
        for (number, entry) in journal.entries.enumerated() {
            while cuts.first == number {
                cuts.removeFirst()
                let place = folder.file("cut")
                try disk.restore(into: place, losing: loss, &random)
                found.append((number, acknowledged.lines, try await acknowledged.problems(in: place + "/jobs.sqlite")))
                try FileManager.default.removeItem(atPath: place)
            }
            if number >= lie { disk.isLying = true }
            if try !acknowledged.follow(entry) { disk.apply(entry) }
        }
        return found
    }

    @Test("After a power cut all that was acknowledged is there and nothing is half there")
    func nothingAcknowledgedIsLost() async throws {
        let count = TestRun.number("DROVER_POWERCUTS", default: 25)
        try await recorded { journal, folder, random in
            var acknowledged = 0
            for loss in [Disk.Loss.everything, .something] {
                let cuts = (0..<count).map { _ in Int.random(in: 0..<journal.entries.count, using: &random) }
                for result in try await problems(after: cuts, in: journal, losing: loss, folder, &random) {
                    #expect(result.problems == [], "cut at entry \(result.cut), losing \(loss), \(random)")
                    acknowledged = max(acknowledged, result.acknowledged)
                }
            }
            // Cuts that all come before the first answer would prove nothing.
            #expect(acknowledged > 100)
            TestRun.figure(
                "\(count) power cuts each losing all and some of \(journal.entries.count) recorded operations")
        }
    }

    @Test("The check finds what is lost on a disk that acknowledges syncs and does nothing")
    func theCheckCanFail() async throws {
        try await recorded { journal, folder, random in
            let middle = journal.entries.count / 2
            let cuts = (0..<4).map { _ in Int.random(in: middle + middle / 2..<journal.entries.count, using: &random) }
            let results = try await problems(
                after: cuts, in: journal, losing: .everything, lyingFrom: middle, folder, &random)
            for result in results {
                #expect(result.problems.contains { $0.hasPrefix("lost: ") }, "cut at entry \(result.cut), \(random)")
            }
        }
    }

    @Test("A call is answered only when all that it wrote is synced")
    func syncedBeforeAnswered() async throws {
        try await recorded { journal, _, _ in
            var disk = Disk()
            var acknowledged = Acknowledged()
            var checked = 0
            for entry in journal.entries where acknowledged.isAlone {
                if try acknowledged.follow(entry) {
                    #expect(!disk.isUnsynced("jobs.sqlite-wal"), "answer \(acknowledged.lines)")
                    checked += 1
                } else {
                    disk.apply(entry)
                }
            }
            #expect(checked >= 20)
            #expect(journal.entries.contains { if case .sync("jobs.sqlite") = $0 { true } else { false } })
        }
    }
}
