import DroverTesting
import Testing

@Suite struct ProbeTests {
    @Test func signalsBeforeTheWaitCount() async throws {
        let probe = Probe<Int>()
        probe.signal(1)
        probe.signal(2)
        #expect(try await probe.wait(for: 2) == [1, 2])
        #expect(probe.values == [1, 2])
    }

    @Test func aWaitEndsWithTheSignalThatWasMissing() async throws {
        let probe = Probe<String>("words")
        async let first = probe.wait(for: 1)
        async let both = probe.wait(for: 2)
        probe.signal("a")
        #expect(try await first.first == "a")
        probe.signal("b")
        #expect(try await both == ["a", "b"])
    }

    @Test func aWaitInVainSaysWhatIsMissing() async throws {
        let probe = Probe<Void>("handlers that ended")
        probe.signal()
        let error = await #expect(throws: WaitTimeout.self) {
            try await probe.wait(for: 3, timeout: .milliseconds(1))
        }
        #expect(error?.description == "waited for 3 of handlers that ended; 1 came")
    }

    @Test func aCancelledWaitEndsWithAnError() async throws {
        let probe = Probe<Void>()
        let waiting = Task { try await probe.wait() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test func signalsFromManyTasksAreAllCounted() async throws {
        let probe = Probe<Int>()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 { group.addTask { probe.signal(number) } }
        }
        #expect(try await probe.wait(for: 200).sorted() == Array(0..<200))
    }
}
