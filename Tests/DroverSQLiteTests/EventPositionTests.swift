import DroverCore
import DroverSQLite
import ProcessTesting
import Testing

@Suite("Positions of events")
struct EventPositionTests {
    private func read(_ store: SQLiteStore, after position: String) async throws -> EventPage {
        try await store.events(
            EventQuery(queue: "q", start: .after(EventPosition(position)), limit: 10), waitingAtMost: .zero)
    }

    @Test("A position beyond the end, as of a file that was replaced, is taken as the end")
    func beyondTheEnd() async throws {
        try await withTemporaryFolder { folder in
            try await withStore(folder.file("jobs.sqlite")) { store in
                let unknown = try await read(store, after: "99")
                #expect(unknown.next.text == "0")
                try await store.add(1, to: "q")
                let page = try await read(store, after: "99")
                #expect(page.events.isEmpty)
                #expect(page.next.text == "2")
                try await store.add(1, to: "q")
                #expect(try await read(store, after: page.next.text).events.map(\.kind.name) == ["added", "waiting"])
            }
        }
    }

    @Test("What is no position is refused", arguments: ["-1", "x", "", "1.5"])
    func noPosition(text: String) async throws {
        try await withTemporaryFolder { folder in
            try await withStore(folder.file("jobs.sqlite")) { store in
                let error = try await storeError { _ = try await read(store, after: text) }
                #expect(error?.code == .invalid)
            }
        }
    }
}
