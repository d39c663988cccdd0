import RedisClient
import Testing

@Suite("A Redis URL")
struct RedisURLTests {
    @Test("has the server's defaults where it says nothing")
    func defaults() throws {
        for url in ["redis://", "redis:///", "redis://127.0.0.1", "REDIS://127.0.0.1:6379/", "redis://127.0.0.1:"] {
            #expect(try RedisConfiguration(url: url) == RedisConfiguration(), "\(url)")
        }
    }

    @Test("gives address, user, password and database")
    func parts() throws {
        let whole = try RedisConfiguration(url: "redis://me:p%40ss%2F%C3%A9@db.example:7000/3#ignored")
        #expect(whole.address == .host("db.example", port: 7000))
        #expect(whole.user == "me")
        #expect(whole.password == "p@ss/é")
        #expect(whole.database == 3)
        #expect(whole.tls == nil)
        let passwordOnly = try RedisConfiguration(url: "redis://:secret@h")
        #expect(passwordOnly.user == nil)
        #expect(passwordOnly.password == "secret")
        // A password without its colon would be taken for a name, and names are shown.
        #expect(throws: RedisError.self) { try RedisConfiguration(url: "redis://me@h") }
        #expect(try RedisConfiguration(url: "redis://[::1]:7001").address == .host("::1", port: 7001))
        #expect(try RedisConfiguration(url: "redis://[fe80::1]").address == .host("fe80::1", port: 6379))
        #expect(try RedisConfiguration(url: "redis://[::1]:7001").endpoint == "[::1]:7001")
    }

    @Test("may name a Unix socket")
    func unix() throws {
        let url = try RedisConfiguration(url: "unix:///run/redis%20a/redis.sock?db=2&name=x")
        #expect(url.address == .unixSocket(path: "/run/redis a/redis.sock"))
        #expect(url.database == 2)
        #expect(url.clientName == "x")
        #expect(url.endpoint == "/run/redis a/redis.sock")
        #expect(try RedisConfiguration(url: "unix://u:p@/r.sock").password == "p")
    }

    @Test("gives times, names and TLS in its query, and what is unknown to the caller")
    func query() throws {
        let url = try RedisConfiguration(
            url: "rediss://h/1?db=4&name=me&connectTimeout=250ms&timeout=1.5&ca=/ca.pem&cert=/c.pem&key=/k.pem"
                + "&servername=s&verify=none&prefix=a%26b&flag")
        #expect(url.database == 4)
        #expect(url.clientName == "me")
        #expect(url.connectTimeout == .milliseconds(250))
        #expect(url.commandTimeout == .milliseconds(1500))
        #expect(
            url.tls
                == RedisConfiguration.TLS(
                    caFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem", serverName: "s", verifies: false))
        #expect(url.unknown == ["prefix": "a&b", "flag": ""])
        #expect(try RedisConfiguration(url: "rediss://h?verify=full").tls == RedisConfiguration.TLS())
        #expect(try RedisConfiguration(url: "redis://h?timeout=3s").commandTimeout == .seconds(3))
    }

    @Test("and its configuration don't show the password when they are printed")
    func printing() throws {
        let url = try RedisConfiguration(url: "redis://me:hunter2@h/2")
        var dumped = ""
        dump(url, to: &dumped)
        #expect("\(url)" == "redis://h:6379/2")
        #expect(!"\(url) \(dumped) \(String(reflecting: url))".contains("hunter2"))
    }

    @Test(
        "is refused with a reason that doesn't repeat it",
        arguments: [
            "h:6379", "http://hunter2@h", "redis://hunter2:hunter2@h:0", "redis://h:65536", "redis://h:x",
            "redis://hunter2@[::1", "redis://[::1]x", "redis://h/x", "redis://h/-1", "redis://:hunter2%2@h",
            "redis://:hunter2%zz@h", "redis://:hunter2%ff@h", "redis://h?timeout=0", "redis://h?timeout=x",
            "redis://h?timeout=-1s", "redis://h?ca=/x", "rediss://h?cert=/x", "rediss://h?key=/x",
            "rediss://h?verify=maybe", "unix://host/path", "unix://", "unix:///", "redis://h?db=x", "redis://h?db=",
        ])
    func refusals(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.mayHaveRun == false)
    }
}
