import DroverTesting
import Foundation
import GRDB
import ProcessTesting
import Testing

/// An application is killed while it stores jobs and completes them in transactions of its own.
@Suite("Kills in transactions", .serialized)
struct TransactionKillTests {
    /// What the application's tables and Drover's say of the same orders.
    private struct Books {
        /// The numbers of the orders, and those of the orders that jobs are about.
        var orders: [Int], jobs: [Int]
        /// The orders that have a receipt, one for each, and those whose job is completed.
        var receipts: [Int], completed: [Int]

        init(_ path: String) throws {
            let database = try DatabaseQueue(path: path)
            (orders, jobs, receipts, completed) = try database.read { db in
                (
                    try Int.fetchAll(db, sql: "SELECT number FROM orders ORDER BY 1"),
                    try Int.fetchAll(db, sql: "SELECT payload ->> 'order' FROM drover_jobs ORDER BY 1"),
                    try Int.fetchAll(db, sql: "SELECT bill FROM receipts ORDER BY 1"),
                    try Int.fetchAll(db, sql: "SELECT payload ->> 'order' FROM drover_jobs WHERE state = 4 ORDER BY 1")
                )
            }
            try database.close()
        }
    }

    /// How many kills one database lives through, so that looking into it stays short.
    private static let killsOfOne = 25

    @Test(
        "Whenever an application is killed, an order and its job, and a receipt and the job's end, are both there or both not",
        arguments: ["pool", "queue"])
    func bothOrNeither(kind: String) async throws {
        var random = TestRun.generator()
        let kills = TestRun.number("DROVER_TRANSACTION_KILLS", default: 10)
        var (orders, billed) = (0, 0)
        for first in stride(from: 0, to: kills, by: Self.killsOfOne) {
            let count = min(Self.killsOfOne, kills - first)
            try await withTemporaryFolder { folder in
                let path = folder.file("shop.sqlite")
                for _ in 0..<count { try await kill(kind, path, &random) }
                billed += try Books(path).completed.count
                orders += try await finish(kind, path)
            }
        }
        // Kills that all come before the first order, or when all is billed, would prove nothing.
        #expect(orders > kills)
        #expect(billed > 0 && billed < orders)
        TestRun.figure(
            "\(kills) kills of an application with a \(kind), \(orders) orders, \(orders - billed) of them billed later"
        )
    }

    private func start(_ kind: String, _ path: String) throws -> ChildProcess {
        try ChildProcess(BuiltProducts.path(of: "PowerCutWorkload"), ["orders", path, kind])
    }

    /// Runs the application, kills it in the middle and looks into its books.
    private func kill(_ kind: String, _ path: String, _ random: inout SeededGenerator) async throws {
        let shop = try start(kind, path)
        defer { shop.crash() }
        // Killed by progress and not by time.
        let lines = try await shop.lines.wait(for: Int.random(in: 1...40, using: &random))
        shop.crash()
        try await shop.end()
        #expect(!shop.lines.values.contains { $0.hasPrefix("error") }, "\(shop.lines.values.suffix(3))")

        let books = try Books(path)
        #expect(books.orders == books.jobs, "\(random)")
        #expect(books.receipts == books.completed, "\(random)")
        let (orders, receipts) = (Set(books.orders), Set(books.receipts))
        for line in lines {
            // What was said had been committed before.
            let words = line.split(separator: " ")
            let number = try #require(words.last.flatMap { Int($0) }, "\(line)")
            #expect(words[0] == "ordered" ? orders.contains(number) : receipts.contains(number), "\(line), \(random)")
        }
        #expect(try FileAudit.problems(in: path) == [])
    }

    /// Lets the application end as one should, with every order billed once, and returns how many there are.
    private func finish(_ kind: String, _ path: String) async throws -> Int {
        let shop = try start(kind, path)
        defer { shop.crash() }
        try await shop.lines.wait(for: 1)
        try shop.closeInput()
        #expect(try await shop.end().isSuccess, "\(shop.lines.values.suffix(3)) \(shop.errors.values.suffix(3))")
        let books = try Books(path)
        #expect(books.orders == books.jobs)
        #expect(books.receipts == books.orders)
        #expect(books.completed == books.orders)
        #expect(try FileAudit.problems(in: path) == [])
        return books.orders.count
    }
}
