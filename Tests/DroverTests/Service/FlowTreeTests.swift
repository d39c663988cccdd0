import DroverTesting
import Testing

@testable import Drover

/// How a flow is read as a tree.
@Suite(.timeLimit(.minutes(10))) struct FlowTreeTests {
    private let store = ReferenceStore()

    private func key(_ id: String) -> JobKey { JobKey(queue: "q", id: JobID(stored: id)) }

    /// Stores a graph: each job with what it waits for.
    private func add(_ needs: KeyValuePairs<String, [String]>) async throws {
        let nodes = needs.map { name, below in
            NamedGraph.Node(
                name: name, queue: "q", job: NewJob(id: JobID(stored: name), name: "n"),
                needs: below.map { NamedGraph.Need(.named($0), onFailure: .keepWaiting) })
        }
        let graph = try NamedGraph(nodes).assembled()
        #expect(try await store.enqueue("q", [graph.job])[0].problem == nil)
    }

    private func tree(_ id: String, depth: Int) async throws -> FlowTree {
        try #require(try await makeService(store).flow(key(id), depth: depth))
    }

    /// `a(b(c) d)`, a job that stands elsewhere with a star, one of which children were not read with a plus.
    private func drawn(_ tree: FlowTree) -> String {
        let mark = tree.isRepeated ? "*" : tree.unread > 0 ? "+" : ""
        let below = tree.children.map(drawn).joined(separator: " ")
        return tree.key.id.text + mark + (below.isEmpty ? "" : "(\(below))")
    }

    @Test func aJobThatIsFirstMetAtTheLastLevelStandsWhereMoreCanBeRead() async throws {
        // By way of b the shared job is two levels down, and one beside it.
        try await add(["a": ["b", "shared"], "b": ["shared"], "shared": ["c"], "c": []])
        #expect(drawn(try await tree("a", depth: 2)) == "a(b(shared*) shared(c))")
        #expect(drawn(try await tree("a", depth: 1)) == "a(b+ shared+)")
        #expect(drawn(try await tree("a", depth: 10)) == "a(b(shared*) shared(c))")
    }

    @Test func whatIsBelowAJobIsReadOnceThoughSeveralWaitForIt() async throws {
        try await add(["a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e"], "e": []])
        #expect(drawn(try await tree("a", depth: 3)) == "a(b(d(e)) c(d*))")
        // Its children are too deep at each of its places.
        #expect(drawn(try await tree("a", depth: 2)) == "a(b(d+) c(d*))")
    }

    @Test func childrenStandByQueueAndIDWithNumbersByTheirValue() async throws {
        let children = ["zz", "b", "a"].map { ChildJob("q", NewJob(id: JobID(stored: $0), name: "n")) }
        let numbered = (0..<11).map { _ in ChildJob("q", NewJob(name: "n")) }
        let other = ChildJob("p", NewJob(id: JobID(stored: "last"), name: "n"))
        let root = NewJob(id: JobID(stored: "root"), name: "n", children: children + numbered + [other])
        #expect(try await store.enqueue("q", [root])[0].problem == nil)
        let tree = try await tree("root", depth: 1)
        #expect(tree.children.map(\.key.id.text) == ["last"] + (1...11).map(String.init) + ["a", "b", "zz"])
    }

    @Test func aLevelIsReadInOneCall() async throws {
        let faulty = FaultInjectingStore(store)
        try await add(["a": ["b", "c"], "b": ["d"], "c": ["e"], "d": [], "e": []])
        let tree = try #require(try await makeService(faulty).flow(key("a")))
        #expect(drawn(tree) == "a(b(d) c(e))")
        #expect(faulty.counts.made(.readJobs) == 3)
    }
}
