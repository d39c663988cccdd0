import DroverTesting
import RedisTesting
import Testing

@testable import DroverCommand

/// What the commands say of queues that another program has damaged, or works.
@Suite struct RedisDamageTests {
    @Test("a damaged queue is told by name, and the others are listed and worked as ever")
    func isolated() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .everysec))
        let url = server.url(prefix: "p")
        for queue in ["broken", "ghostly", "well"] {
            #expect(await drover(["add", "--queue", queue, "hello"], url: url).status == .done)
        }
        try await server.command("SET", "p:broken:wait", "x")
        try await server.command("LPUSH", "p:ghostly:active", "17")
        try await server.command("SET", "p:ghostly:17", "x")

        let (status, listed) = await drover(["queues"], url: url)
        #expect(status == .failed)
        #expect(listed.results.contains("\nbroken   no               -        ?"), "\(listed.results)")
        #expect(listed.results.contains("\nwell     no               -        1            0"), "\(listed.results)")
        #expect(
            listed.notes
                == "drover: list the queues: queue \"broken\": \"p:broken:wait\" holds a string where a list belongs; "
                + "drover doctor says what to do\n")
        let (_, object) = await drover(["queues", "--json"], url: url)
        let items = try Parsed(object.results).items
        #expect(items.map { $0.string("name") } == ["broken", "ghostly", "well"])
        #expect(items[0].string("problem") == "\"p:broken:wait\" holds a string where a list belongs")
        #expect(object.results.contains(#""counts":{"waiting":null,"#), "\(object.results)")

        let (unwell, doctor) = await drover(["doctor", "--json"], url: url)
        #expect(unwell == .failed)
        let findings = try Parsed(doctor.results).objects("findings")
        #expect(findings.compactMap { $0.string("queue") } == ["well", "broken", "ghostly"], "\(doctor.results)")
        #expect(findings.compactMap { $0.string("code") } == ["no-worker", "damaged", "damaged"])

        for command in [
            ["add", "--queue", "well", "hello"], ["pause", "--queue", "well"], ["jobs", "--queue", "well"],
        ] {
            #expect(await drover(command, url: url).status == .done)
        }
        let (refused, added) = await drover(["add", "--queue", "broken", "hello"], url: url)
        #expect(refused == .storeUnreachable)
        #expect(added.notes.contains("\"p:broken:wait\" holds a string where a list belongs"), "\(added.notes)")
        try await server.stop()
    }

    @Test("jobs that a worker of another client holds are told as such, raise no alarm, and can't be cancelled")
    func heldElsewhere() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .everysec))
        let url = server.url(prefix: "p")
        #expect(await drover(["add", "--queue", "q", "hello", "--count", "2"], url: url).status == .done)
        // What BullMQ's worker does when it takes a job.
        try await server.command("LMOVE", "p:q:wait", "p:q:active", "RIGHT", "LEFT")
        try await server.command("SET", "p:q:1:lock", "token", "PX", "60000")
        try await server.command("HSET", "p:q:1", "ats", "1", "processedOn", "1")

        let (status, doctor) = await drover(["doctor"], url: url)
        #expect(status == .done, "\(doctor.results)")
        #expect(
            doctor.results.contains(
                "\n             1 active job of \"q\" is held by workers of other BullMQ clients\n"),
            "\(doctor.results)")
        let (_, object) = await drover(["doctor", "--json"], url: url)
        #expect(object.results.contains(#""heldElsewhere":{"q":1}"#), "\(object.results)")
        let (_, job) = await drover(["job", "--queue", "q", "1"], url: url)
        #expect(job.results.contains("active, held by a worker of another BullMQ client\n"), "\(job.results)")

        let (refused, cancelled) = await drover(["cancel", "--queue", "q", "1"], url: url)
        #expect(refused == .failed)
        #expect(cancelled.results.isEmpty)
        #expect(cancelled.notes.contains("1: job: is held by a worker of another BullMQ client"), "\(cancelled.notes)")

        // Its worker has gone: now it is nobody's, and the request is kept for whoever takes it next.
        try await server.command("DEL", "p:q:1:lock")
        let (_, later) = await drover(["doctor", "--json"], url: url)
        let codes = try Parsed(later.results).objects("findings").compactMap { $0.string("code") }
        #expect(codes == ["no-worker", "stalled"])
        #expect(await drover(["cancel", "--queue", "q", "1"], url: url).status == .done)
        try await server.stop()
    }

    @Test("doctor finds that a server whose memory is full takes no writes")
    func fullMemory() async throws {
        let server = try await RedisServer.start(.init(appendOnly: .everysec))
        let url = server.url(prefix: "p")
        #expect(await drover(["add", "--queue", "q", "hello"], url: url).status == .done)
        try await server.command("CONFIG", "SET", "maxmemory", "1")
        let (status, doctor) = await drover(["doctor", "--json"], url: url)
        #expect(status == .failed)
        let codes = try Parsed(doctor.results).objects("findings").compactMap { $0.string("code") }
        #expect(codes.contains("not-writable") && codes.contains("memory-nearly-full"), "\(doctor.results)")
        try await server.stop()
    }
}
