import ArgumentParser
import Testing

@testable import DroverCommand

@Suite struct StoreLocationTests {
    @Test("the store's URL decides its kind")
    func storeLocations() throws {
        #expect(try StoreLocation("sqlite:a/b.sqlite") == .sqliteFile(path: "a/b.sqlite"))
        #expect(try StoreLocation("sqlite::memory:") == .sqliteMemory)
        #expect(try StoreLocation("SQLite:/x y") == .sqliteFile(path: "/x y"))
        for url in ["", "a.sqlite", "sqlite:", "mysql://h", "redis://h", "rediss://h", "postgres://h"] {
            let failure = #expect(throws: CommandFailure.self) { try StoreLocation(url) }
            #expect(failure?.status == .usage)
        }
    }

    @Test("the option goes before the environment, and the environment before the standard file")
    func storeChoice() throws {
        var options = try StoreOptions.parse([])
        #expect(try options.location(in: [:]) == .sqliteFile(path: "drover.sqlite"))
        #expect(try options.location(in: ["DROVER_STORE": ""]) == .sqliteFile(path: "drover.sqlite"))
        #expect(try options.location(in: ["DROVER_STORE": "sqlite::memory:"]) == .sqliteMemory)
        options = try StoreOptions.parse(["--store", "sqlite:x"])
        #expect(try options.location(in: ["DROVER_STORE": "sqlite::memory:"]) == .sqliteFile(path: "x"))
    }
}
