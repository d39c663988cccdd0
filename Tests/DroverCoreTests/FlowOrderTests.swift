import Testing

@testable import DroverCore

/// Graphs are put into a row, and cycles are named.
@Suite struct FlowOrderTests {
    @Test func aTreeIsWrittenFromTheTopDown() throws {
        // 0 over 1 (over 2 and 3) and 4.
        let row = try FlowOrder.row(from: [0], children: [[1, 4], [2, 3], [], [], []])
        #expect(row == [0, 1, 2, 3, 4])
    }

    @Test func eachStandsBehindAllThatWaitForIt() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let count = Int.random(in: 1...30, using: &random)
            // Only later ones are waited for, so there is no cycle.
            let children = (0..<count).map { place in
                Array(((place + 1)..<(count + 1)).filter { $0 < count && Int.random(in: 0..<4, using: &random) == 0 })
            }
            let row = try FlowOrder.row(from: Array(0..<count), children: children)
            #expect(Set(row) == Set(0..<count) && row.count == count)
            var place = [Int](repeating: 0, count: count)
            for (index, node) in row.enumerated() { place[node] = index }
            for (node, below) in children.enumerated() {
                for child in below { #expect(place[node] < place[child], "\(children)") }
            }
        }
    }

    @Test func aCycleIsToldFromOneOfItToTheSameAgain() {
        #expect(throws: FlowOrder.Cycle(places: [1, 2, 3, 1])) {
            try FlowOrder.row(from: [0], children: [[1], [2], [3], [1]])
        }
        #expect(throws: FlowOrder.Cycle(places: [0, 0])) { try FlowOrder.row(from: [0], children: [[0]]) }
    }

    @Test func aLongChainNeedsNoStack() throws {
        let children = (0..<20_000).map { $0 < 19_999 ? [$0 + 1] : [] }
        #expect(try FlowOrder.row(from: [0], children: children) == Array(0..<20_000))
    }

    private func plan(_ names: [String: [String]]) -> FlowPlan {
        func key(_ name: String) -> JobKey { JobKey(queue: "q", id: JobID(stored: name)) }
        let jobs = names.sorted { $0.key < $1.key }.map { name, needs in
            NewJob(id: key(name).id, name: "n", children: needs.map { ChildJob(reference: key($0)) })
        }
        var first = jobs[0]
        first.companions = jobs.dropFirst().map { CompanionJob("q", $0) }
        return FlowPlan("q", first)
    }

    @Test func aPlanTellsOfEachJobWhoWaitsForIt() throws {
        let plan = plan([
            "a-report": ["sales", "costs"], "sales": ["fetch"], "costs": ["fetch"], "fetch": [], "tail": [],
        ])
        #expect(plan.disarray == nil && plan.problem(checkingRoot: true) == nil)
        let labels = plan.nodes.map(\.label)
        #expect(labels.first == "a-report")
        let fetch = try #require(plan.nodes.first { $0.label == "fetch" })
        #expect(fetch.parents.map { labels[$0.place] } == ["costs", "sales"])
        #expect(fetch.level == 2 && !fetch.hasChildren)
    }

    @Test func aReferenceToAJobThatIsNotInItStandsForAStoredOne() {
        let plan = plan(["a": ["stored", "b"], "b": ["stored"]])
        let references = plan.nodes.filter(\.isReference)
        #expect(references.map(\.label) == ["stored"])
        #expect(references.first?.parents.count == 2)
    }

    @Test func aCycleAndALevelTooManyAreDisarray() {
        #expect(plan(["a": ["b"], "b": ["c"], "c": ["b"]]).disarray?.problem.contains("b → c → b") == true)
        let chain = (0..<1_001).map { number in
            ("n\(10_000 + number)", number < 1_000 ? ["n\(10_001 + number)"] : [])
        }
        #expect(plan(Dictionary(uniqueKeysWithValues: chain)).disarray?.subject == "children")
        #expect(plan(Dictionary(uniqueKeysWithValues: chain.dropFirst())).disarray == nil)
    }

    @Test func aFlowHasAtMostAHundredThousandBonds() {
        func problem(_ parents: Int) -> String? {
            let below = (0..<250).map { ChildJob(reference: JobKey(queue: "q", id: JobID(stored: "c\($0)"))) }
            var first = NewJob(id: JobID(stored: "p0"), name: "n", children: below)
            first.companions =
                (1..<parents).map {
                    CompanionJob("q", NewJob(id: JobID(stored: "p\($0)"), name: "n", children: below))
                } + (0..<250).map { CompanionJob("q", NewJob(id: JobID(stored: "c\($0)"), name: "n")) }
            return first.problem?.description ?? FlowPlan("q", first).disarray?.description
        }
        #expect(problem(400) == nil)
        #expect(problem(401)?.contains("at most 100,000 times") == true)
    }

    @Test func onlyTheFirstHasCompanions() {
        var inner = NewJob(id: JobID(stored: "b"), name: "n")
        inner.companions = [CompanionJob("q", NewJob(name: "n"))]
        let job = NewJob(id: JobID(stored: "a"), name: "n", children: [ChildJob("q", inner)])
        #expect(job.problem?.subject == "companions")
        var child = NewJob(id: JobID(stored: "a"), name: "n", companions: [CompanionJob("q", NewJob(name: "n"))])
        child.parent = JobParent(JobKey(queue: "q", id: JobID(stored: "p")))
        #expect(child.problem?.subject == "parent")
    }

    @Test func namesAreToldInGraphs() throws {
        func node(_ name: String, _ needs: String...) -> NamedGraph.Node {
            NamedGraph.Node(
                name: name, queue: "q", job: NewJob(name: "n"),
                needs: needs.map { NamedGraph.Need(.named($0), onFailure: .keepWaiting) })
        }
        func problem(_ nodes: NamedGraph.Node...) -> String? {
            do throws(ValidationError) {
                _ = try NamedGraph(nodes).assembled()
                return nil
            } catch {
                return error.description
            }
        }
        #expect(
            problem(node("a", "b"), node("b", "a"))
                == "flow: has a cycle, in which each waits for the next: a → b → a; take one of these needs away")
        #expect(problem(node("a", "x"))?.contains(#"has no job "x", which "a" waits for"#) == true)
        #expect(problem(node("a"), node("a"))?.contains(#"has two jobs "a""#) == true)
        #expect(problem(node("a", "b", "b"), node("b")) == "children: a waits for b twice; say it once")
        #expect(problem() == "graph: has no job; give it at least one")
        let many = [node("all")] + (0...FlowPlan.mostParents).map { node("j\($0)", "all") }
        #expect(
            throws: ValidationError(
                "graph", "more than 5,000 jobs would wait for \"all\"; let some wait for a job in between")
        ) {
            try NamedGraph(many).assembled()
        }
        #expect(throws: Never.self) { try NamedGraph(Array(many.dropLast())).assembled() }
        #expect(problem(node("")) == "graph key: is empty; give at least one character")
        #expect(problem(node("a"), node("b\nc"))?.hasPrefix("graph key: ") == true)
        #expect(problem(node("b\u{2028}c"))?.contains("more than one line") == true)
        #expect(problem(node("b\u{85}c"))?.contains("more than one line") == true)
        #expect(problem(node(String(repeating: "k", count: 513)))?.contains("at most 512") == true)
        #expect(problem(node(String(repeating: "k", count: 512))) == nil)
        let graph = try NamedGraph([node("fetch"), node("report", "fetch"), node("tail", "fetch")]).assembled()
        #expect(Set(graph.keys).count == 3)
        #expect(graph.job.id == graph.keys[1].id && graph.job.companions.count == 2)
        #expect(graph.job.problem == nil)
    }
}
