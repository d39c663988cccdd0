import DroverCore
import RedisClient
import RedisTesting
import Testing

@testable import DroverRedis

/// What trouble with the server is told as.
@Suite("Trouble with the server")
struct TroubleTests {
    @Test(
        "Each answer of a server by which it refuses has its code",
        arguments: [
            ("LOADING Redis is loading the dataset in memory", StoreError.Code.unreachable, true),
            ("READONLY You can't write against a read only replica.", .unreachable, true),
            ("MASTERDOWN Link with MASTER is down", .unreachable, true),
            ("UNBLOCKED force unblock from blocking operation", .unreachable, true),
            ("BUSY Redis is busy running a script.", .busy, true),
            ("OOM command not allowed when used memory > 'maxmemory'.", .full, true),
            ("MISCONF Errors writing to the AOF file", .full, true),
            ("NOPERM this user has no permissions", .incompatible, false),
            ("MOVED 1 127.0.0.1:7001", .incompatible, false), ("ASK 1 127.0.0.1:7001", .unreachable, true),
            ("TRYAGAIN Multiple keys request during rehashing of slot", .unreachable, true),
            ("CLUSTERDOWN The cluster is down", .unreachable, true),
            ("WRONGTYPE Operation against a key", .corrupt, false),
            ("ERR user_script:1: something else", .corrupt, false),
            // As Redis 6.2 tells what a command inside a script met.
            ("ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -OOM command not", .full, true),
            (
                "ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -READONLY You can't",
                .unreachable, true
            ),
            (
                "ERR Error running script (call to f_1): @user_script:1: WRONGTYPE Operation against a key",
                .corrupt, false
            ),
        ])
    func codes(_ text: String, _ code: StoreError.Code, _ isTransient: Bool) {
        let answer = RedisServerError(text: text)
        let error = StoreError.redis(RedisError(.server, "m", server: answer), "do it")
        #expect(error.code == code)
        #expect(error.isTransient == isTransient)
        #expect(error.message.hasPrefix("could not do it: "))
    }

    @Test(
        "Trouble of a connection is told as such, and what somebody must mend is not told as passing",
        arguments: [
            (RedisError.Code.connect, StoreError.Code.unreachable), (.connectionLost, .unreachable),
            (.timeout, .unreachable), (.overloaded, .unreachable), (.protocolViolation, .unreachable),
            (.authentication, .incompatible), (.tls, .incompatible), (.invalid, .incompatible), (.closed, .closed),
        ])
    func connections(_ code: RedisError.Code, _ expected: StoreError.Code) {
        #expect(StoreError.redis(RedisError(code, "m"), "do it").code == expected)
    }

    @Test("A password that the server refuses is not told as trouble that passes")
    func password() async throws {
        try await FaultBench.with(.init(extra: ["requirepass secret"])) { bench in
            let url = "redis://:wrong@127.0.0.1:\(bench.server.port)/0"
            let store = RedisStore(try RedisStoreConfiguration.patient(url), logger: FaultLoad.silent)
            let error = try await FaultBench.trouble { try await store.prepare() }
            #expect(error.code == .incompatible && !error.isTransient)
            #expect(error.message.contains("password") && !error.message.contains("wrong@"))
            await store.close()
        }
    }
}
