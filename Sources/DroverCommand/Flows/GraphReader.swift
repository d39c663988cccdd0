import Drover
import DroverCore

/// Reads a graph of jobs: an object with `jobs`, each with `key`, `queue`, `name`, `data`, `opts` and `needs`.
///
/// What is wrong is told with its place, as `jobs[2].needs[0]`; a cycle by the keys of its jobs.
enum GraphReader {
    /// The members that a job may have.
    private static let members = ["key", "queue", "name", "data", "opts", "needs"]

    /// Reads the graph that a JSON text is; nil for an object without `jobs`, which is a tree.
    ///
    /// - Throws: `CommandFailure` with the place of the first fault.
    static func read(_ text: JSONText) throws -> FlowReader.Tree? {
        guard let members = JSONValue.members(text.text), members.contains(where: { $0.name == "jobs" }) else {
            return nil
        }
        let top = FlowPlace()
        if let other = members.first(where: { $0.name != "jobs" }) {
            throw top.member(other.name).fault("is not known beside jobs")
        }
        let list = top.member("jobs")
        if members.count > 1 { throw list.fault("is there twice") }
        guard let jobs = JSONValue.elements(members[0].value) else { throw list.fault("is no list") }
        if jobs.isEmpty { throw list.fault("is empty; give at least one job") }
        if jobs.count > FlowPlan.mostNodes { throw list.fault("has more than 20,000 jobs; add some later") }
        let nodes = try jobs.enumerated().map { try node($1, at: list.element($0)) }
        let graph = try top.checked { try NamedGraph(nodes).assembled() }
        return FlowReader.Tree(
            queue: graph.queue, job: graph.job, count: nodes.count,
            keys: zip(nodes, graph.keys).map { ($0.name, $1) },
            ownKeys: zip(graph.keys, graph.hasOwnID).compactMap { $1 ? $0 : nil })
    }

    private static func node(_ text: String, at place: FlowPlace) throws -> NamedGraph.Node {
        guard let members = JSONValue.members(text) else { throw place.fault("is no object with key, queue and name") }
        var seen: Set<String> = []
        var key: String?
        var queue: QueueName?
        var name: JobName?
        var job = NewJob(name: "unnamed")
        var options = FlowNodeOptions()
        var needs: [NamedGraph.Need] = []
        for (member, value) in members {
            let here = place.member(member)
            if !seen.insert(member).inserted { throw here.fault("is there twice") }
            switch member {
            case "key":
                let text = try string(value, at: here)
                try here.checked { try NamedGraph.check(name: text) }
                key = text
            case "queue": queue = try here.checked { try QueueName(try string(value, at: here)) }
            case "name": name = try here.checked { try JobName(try string(value, at: here)) }
            case "data": job.payload = JSONText(trusted: value)
            case "opts": options = try FlowNodeOptions.read(value, at: here, isRoot: false)
            case "needs":
                guard let list = JSONValue.elements(value) else { throw here.fault("is no list") }
                needs = try list.enumerated().map { try need($1, at: here.element($0)) }
            default: throw here.fault("is not known; a job has \(Self.members.joined(separator: ", "))")
            }
        }
        guard let key else { throw place.fault("has no key, by which others name it") }
        guard let queue else { throw place.fault("has no queue") }
        guard let name else { throw place.fault("has no name") }
        if options.onFailure != nil {
            throw place.member("opts").fault(
                #"has a rule for a failure; say it where the job is needed, as {"key":"…","onFailure":"fail"}"#)
        }
        job.name = name
        try options.apply(to: &job, in: queue, waitingFor: needs.count, at: place)
        return NamedGraph.Node(name: key, queue: queue, job: job, needs: needs)
    }

    private static func need(_ text: String, at place: FlowPlace) throws -> NamedGraph.Need {
        if let name = JSONValue.read(String.self, text) {
            return NamedGraph.Need(.named(name), onFailure: .keepWaiting)
        }
        guard let members = JSONValue.members(text) else {
            throw place.fault("is neither a key nor an object with one")
        }
        var parts: [String: String] = [:]
        for (member, value) in members {
            guard ["key", "queue", "id", "onFailure"].contains(member) else {
                throw place.member(member).fault("is not known; a need has key, or queue and id, and onFailure")
            }
            guard parts[member] == nil else { throw place.member(member).fault("is there twice") }
            parts[member] = try string(value, at: place.member(member))
        }
        var policy = ChildFailurePolicy.keepWaiting
        if let word = parts["onFailure"] {
            guard let known = ChildFailurePolicy(rawValue: word) else {
                let words = ChildFailurePolicy.allCases.map(\.rawValue).joined(separator: ", ")
                throw place.member("onFailure").fault("is none of \(words)")
            }
            policy = known
        }
        switch (parts["key"], parts["queue"], parts["id"]) {
        case (let key?, nil, nil): return NamedGraph.Need(.named(key), onFailure: policy)
        case (nil, let queue?, let id?):
            let stored = try place.checked { JobKey(queue: try QueueName(queue), id: try JobID(id)) }
            return NamedGraph.Need(.stored(stored), onFailure: policy)
        case (nil, _, _): throw place.fault("has neither a key nor queue and id")
        default: throw place.fault("has a key and names a stored job too; leave out either")
        }
    }

    private static func string(_ text: String, at place: FlowPlace) throws -> String {
        guard let value = JSONValue.read(String.self, text) else { throw place.fault("is no text in quotes") }
        return value
    }
}
