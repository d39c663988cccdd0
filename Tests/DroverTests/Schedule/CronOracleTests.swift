import DroverCore
import DroverTesting
import Foundation
import Testing

@testable import Drover

/// Holds the expressions against two independent libraries, by the tables that `scripts/cron-oracles.sh` writes.
/// `docs/decisions/0008-cron.md` explains them.
@Suite struct CronOracleTests {
    /// A row: an expression, a zone, an instant, the next five, and what was said of the oracles.
    private struct Row {
        let expression: String
        let zone: String
        let instant: Int64
        let next: [Int64]
        let remarks: [String]

        init?(_ line: Substring) {
            let cells = line.split(separator: "\t").map(String.init)
            guard cells.count >= 4, let instant = Int64(cells[2]) else { return nil }
            (expression, zone, self.instant) = (cells[0], cells[1], instant)
            next = cells[3].split(separator: " ").compactMap { Int64($0) }
            remarks = Array(cells.dropFirst(4))
        }
    }

    private func rows(_ table: String) throws -> [Row] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracles/\(table).tsv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        let rows = lines.compactMap { Row($0) }
        try #require(rows.count == lines.count)
        return rows
    }

    private func next(_ row: Row) throws -> [Int64] {
        let cron = try CronExpression(row.expression)
        let zone = try ScheduleZone(row.zone)
        return due(5, after: Timestamp(milliseconds: row.instant * 1000)) { cron.next(after: $0, in: zone) }
            .map { $0.milliseconds / 1000 }
    }

    @Test func whatBothOraclesSayIsWhatWeSay() throws {
        let rows = try rows("agreed")
        for row in rows { #expect(try next(row) == row.next, "\(row)") }
        #expect(rows.count >= 3000)
        #expect(Set(rows.map(\.zone)).count >= 12)
        TestRun.figure("\(rows.count) cron expressions as two oracles have them")
    }

    @Test func whatOnlyOneOracleAcceptsIsAsItSays() throws {
        let rows = try rows("one-oracle")
        for row in rows { #expect(try next(row) == row.next, "\(row)") }
        #expect(Set(rows.flatMap(\.remarks)) == ["croniter", "cronsim"])
    }

    @Test func whatWasDecidedHolds() throws {
        for row in try rows("decided") { #expect(try next(row) == row.next, "\(row)") }
    }

    @Test func everyReasonOfADecisionIsExplained() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let record = try String(contentsOf: root.appending(path: "docs/decisions/0008-cron.md"), encoding: .utf8)
        for reason in Set(try rows("decided").flatMap(\.remarks).flatMap { $0.split(separator: "+") }) {
            #expect(record.contains("`\(reason)`"), "\(reason)")
        }
    }
}
