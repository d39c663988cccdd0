#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A graph of jobs that are told by names.
package struct NamedGraph {
    /// A job of it, without children.
    package struct Node {
        /// What it is called in the graph.
        package var name: String
        /// Its queue.
        package var queue: QueueName
        /// The job.
        package var job: NewJob
        /// What it waits for.
        package var needs: [Need]

        /// A job from its parts.
        package init(name: String, queue: QueueName, job: NewJob, needs: [Need]) {
            self.name = name
            self.queue = queue
            self.job = job
            self.needs = needs
        }
    }

    /// What a job waits for.
    package struct Need: Hashable, Sendable {
        /// Which job that is.
        package enum Target: Hashable, Sendable {
            /// One of the graph.
            case named(String)
            /// One that is stored.
            case stored(JobKey)
        }

        /// Which job that is.
        package var target: Target
        /// What its failure means to the one that waits.
        package var onFailure: ChildFailurePolicy

        /// A need from its parts.
        package init(_ target: Target, onFailure: ChildFailurePolicy) {
            self.target = target
            self.onFailure = onFailure
        }
    }

    /// A graph as it is enqueued.
    package struct Assembled {
        /// The queue of the first job.
        package var queue: QueueName
        /// One that nobody waits for, with all others beside it.
        package var job: NewJob
        /// The keys of all, in the order of the nodes.
        package var keys: [JobKey]
        /// Whether a job has an id of its own, by the places of the nodes.
        package var hasOwnID: [Bool]
    }

    /// The jobs.
    package var nodes: [Node]

    /// A graph of these jobs.
    package init(_ nodes: [Node]) { self.nodes = nodes }

    /// The graph as one item for a store; a job without an id is given one, by which the others name it.
    ///
    /// - Throws: ``ValidationError`` for a name that is there twice or nowhere, and for a cycle, told by its names.
    package func assembled() throws(ValidationError) -> Assembled {
        let needed = try places()
        var jobs = nodes.map(\.job)
        for index in jobs.indices where jobs[index].id == nil {
            jobs[index].id = JobID(stored: UUID().uuidString.lowercased())
        }
        let keys = zip(nodes, jobs).map { node, job in
            JobKey(queue: node.queue, id: job.id ?? JobID(stored: node.name))
        }
        var isNeeded = [Bool](repeating: false, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            jobs[index].children = zip(node.needs, needed[index]).map { need, place in
                if let place { isNeeded[place] = true }
                let key: JobKey
                switch need.target {
                case .stored(let stored): key = stored
                case .named: key = keys[place ?? index]
                }
                return ChildJob(reference: key, onFailure: need.onFailure)
            }
        }
        guard let first = isNeeded.firstIndex(of: false) else {
            throw ValidationError("graph", "has no job; give it at least one")
        }
        var job = jobs[first]
        job.companions = nodes.indices.filter { $0 != first }.map { CompanionJob(nodes[$0].queue, jobs[$0]) }
        return Assembled(queue: nodes[first].queue, job: job, keys: keys, hasOwnID: nodes.map { $0.job.id != nil })
    }

    /// The longest name, in bytes.
    package static let longestName = 512

    /// Checks what a job is called in a graph: 1 to 512 bytes without control characters or other ends of lines.
    package static func check(name: String) throws(ValidationError) {
        try ValidationError.checkText(name, subject: "graph key", limit: longestName)
        if name.contains(where: \.isNewline) {
            throw ValidationError("graph key", "\(ValidationError.quote(name)) has more than one line; give a word")
        }
    }

    /// Of each node the places of what it waits for; nil for what is stored.
    private func places() throws(ValidationError) -> [[Int?]] {
        for node in nodes { try Self.check(name: node.name) }
        var known: [String: Int] = [:]
        for (place, node) in nodes.enumerated() where known.updateValue(place, forKey: node.name) != nil {
            throw ValidationError(
                "graph", "has two jobs \(ValidationError.quote(node.name)); call one of them otherwise")
        }
        var found: [[Int?]] = []
        for node in nodes {
            var places: [Int?] = []
            for need in node.needs {
                guard case .named(let name) = need.target else {
                    places.append(nil)
                    continue
                }
                guard let place = known[name] else {
                    throw ValidationError(
                        "graph",
                        "has no job \(ValidationError.quote(name)), which \(ValidationError.quote(node.name)) waits for; add it, or name one that is stored by queue and id"
                    )
                }
                if places.contains(place) { throw .twice(node.name, name) }
                places.append(place)
            }
            found.append(places)
        }
        var waiting = [Int](repeating: 0, count: nodes.count)
        for place in found.joined().compactMap(\.self) { waiting[place] += 1 }
        if let place = waiting.firstIndex(where: { $0 > FlowPlan.mostParents }) {
            throw ValidationError(
                "graph",
                "more than 5,000 jobs would wait for \(ValidationError.quote(nodes[place].name)); let some wait for a job in between"
            )
        }
        do throws(FlowOrder.Cycle) {
            _ = try FlowOrder.row(from: Array(nodes.indices), children: found.map { $0.compactMap(\.self) })
        } catch {
            throw .cycle(error.places.map { nodes[$0].name })
        }
        return found
    }
}
