import ArgumentParser
import Testing

@testable import DroverCommand

@Suite struct StoreLocationTests {
    @Test("the store's URL decides its kind")
    func storeLocations() throws {
        #expect(try StoreLocation("sqlite:a/b.sqlite") == .sqliteFile(path: "a/b.sqlite"))
        #expect(try StoreLocation("sqlite::memory:") == .sqliteMemory)
        #expect(try StoreLocation("SQLite:/x y") == .sqliteFile(path: "/x y"))
        for url in ["", "a.sqlite", "sqlite:", "mysql://h", "redis+cluster://h", "postgres://h"] {
            let failure = #expect(throws: CommandFailure.self) { try StoreLocation(url) }
            #expect(failure?.status == .usage)
        }
    }

    @Test(
        "a Redis URL is shown with scheme, host, port, database and prefix, and nothing else",
        arguments: [
            ("redis://h", "redis://h:6379/0?prefix=bull"),
            ("redis://alice:s3cret@h:7000/3?prefix=%7Bp%7D&name=s3cret&timeout=2", "redis://h:7000/3?prefix={p}"),
            ("REDISS://:s3cret@[::1]?db=4&verify=none&prefix=a%26b", "rediss://[::1]:6379/4?prefix=a%26b"),
            ("unix://:s3cret@/run/redis%20x.sock?db=2&allowEviction=1", "unix:///run/redis%20x.sock?db=2&prefix=bull"),
        ])
    func redis(_ url: String, _ shown: String) throws {
        let location = try StoreLocation(url)
        #expect(location.description == shown)
        #expect(try StoreLocation(shown).description == shown, "what is shown is a URL again")
        var dumped = String(reflecting: location)
        dump(location, to: &dumped)
        #expect(!dumped.contains("s3cret"))
    }

    @Test(
        "a Redis URL that is wrong is refused with exit 2, and no piece of it that could be a password is repeated",
        arguments: [
            "redis:h", "redis:s3cret", "redis://s3cret@h", "redis://h:0/", "redis://:s3cret@h:99999",
            "redis://h/s3cret", "redis://:1?s3cret@h", "redis://:1#s3cret@h", "redis://:1/s3cret@h",
            "redis://:1?metrics=s3cret@h", "redis://h?metrics=s3cret", "redis://h?s3cret", "redis://h?nothing=s3cret",
            "redis://:s3cret%@h", "redis://h?prefix=", "redis://h?prefix=%0A", "redis://h?ca=s3cret",
            "redis://h?verify=full", "rediss://h?cert=s3cret", "redis://h?timeout=s3cret",
            "redis://h?connectTimeout=-1",
            "redis://h?db=-1", "unix:/x", "unix://x", "unix:///", "unix://:s3cret@h/x",
        ])
    func refusedRedis(_ url: String) {
        let failure = #expect(throws: CommandFailure.self) { try StoreLocation(url) }
        #expect(failure?.status == .usage)
        #expect(failure?.description.contains("s3cret") == false, "\(failure?.description ?? "")")
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
