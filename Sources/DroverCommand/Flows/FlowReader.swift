import Drover
import DroverCore

/// Reads a tree of jobs, or a graph (``GraphReader``). A tree is as BullMQ's FlowProducer is given it: `name`, `queueName`, `data`, `opts` and `children`.
///
/// Payloads are kept byte for byte. What is wrong is told with the place in the tree, as `children[2].opts.delay`.
struct FlowReader {
    /// The first job with all below it, and its queue.
    struct Tree {
        /// The queue of the first job.
        var queue: QueueName
        /// The first job, with its children.
        var job: NewJob
        /// How many jobs there are in all.
        var count: Int
        /// Of a graph the keys of all jobs by their names, in the order of the text.
        var keys: [(name: String, key: JobKey)] = []
        /// The keys of the jobs that have ids of their own.
        var ownKeys: [JobKey]
    }

    /// The members that a job may have.
    private static let members = ["name", "queueName", "data", "opts", "children"]

    private var cursor: JSONCursor
    private let bytes: UnsafeBufferPointer<UInt8>
    private var count = 0
    private var ownKeys: [JobKey] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        cursor = JSONCursor(bytes)
    }

    /// Reads the tree that a JSON text is.
    ///
    /// - Throws: `CommandFailure` with the place in the tree of the first fault.
    static func read(_ text: JSONText) throws -> Tree {
        if let graph = try GraphReader.read(text) { return graph }
        var text = text.text
        return try text.withUTF8 { bytes in
            var reader = FlowReader(bytes)
            do {
                let node = try reader.node(at: FlowPlace())
                return Tree(queue: node.queue, job: node.job, count: reader.count, ownKeys: reader.ownKeys)
            } catch is JSONCursor.Malformed {
                throw CommandFailure.usage("the flow is no JSON that can be read")
            }
        }
    }

    // MARK: Parts

    private mutating func node(at place: FlowPlace) throws -> ChildJob {
        if try cursor.next() == UInt8(ascii: "["), place.isRoot {
            throw place.fault("is a list; a flow is one object, stored whole or not at all: add several one by one")
        }
        guard try cursor.take(UInt8(ascii: "{")) else { throw place.fault("is no object with name and queueName") }
        count += 1
        if count > FlowPlan.mostNodes {
            throw place.fault("is one too many; a flow has at most 20,000 jobs: add some later, to a job of it")
        }
        var seen: Set<String> = []
        var name: JobName?
        var queue: QueueName?
        var job = NewJob(name: "unnamed")
        var options = FlowNodeOptions()
        if try !cursor.take(UInt8(ascii: "}")) {
            repeat {
                let member = try cursor.string()
                try cursor.expect(UInt8(ascii: ":"))
                let here = place.member(member)
                if !seen.insert(member).inserted { throw here.fault("is there twice") }
                switch member {
                case "name": name = try here.checked { try JobName(try text(here)) }
                case "queueName": queue = try here.checked { try QueueName(try text(here)) }
                case "data": job.payload = JSONText(trusted: try raw())
                case "opts": options = try FlowNodeOptions.read(try raw(), at: here, isRoot: place.isRoot)
                case "children": job.children = try children(at: here)
                default:
                    let hint = member == "prefix" ? "; the prefix stands in the store's URL" : ""
                    throw here.fault("is not known\(hint); a job has \(Self.members.joined(separator: ", "))")
                }
            } while try cursor.take(UInt8(ascii: ","))
            try cursor.expect(UInt8(ascii: "}"))
        }
        guard let name else { throw place.fault("has no name") }
        guard let queue else { throw place.fault("has no queueName; each job of a flow says its queue") }
        job.name = name
        try options.apply(to: &job, in: queue, waitingFor: job.children.count, at: place)
        if let id = job.id { ownKeys.append(JobKey(queue: queue, id: id)) }
        return ChildJob(queue, job, onFailure: options.onFailure ?? .keepWaiting)
    }

    private mutating func children(at place: FlowPlace) throws -> [ChildJob] {
        guard try cursor.take(UInt8(ascii: "[")) else {
            if try raw() == "null" { return [] }
            throw place.fault("is no list")
        }
        if try cursor.take(UInt8(ascii: "]")) { return [] }
        var children: [ChildJob] = []
        repeat { children.append(try node(at: place.element(children.count))) } while try cursor.take(UInt8(ascii: ","))
        try cursor.expect(UInt8(ascii: "]"))
        return children
    }

    private mutating func text(_ place: FlowPlace) throws -> String {
        guard try cursor.next() == UInt8(ascii: "\"") else { throw place.fault("is no text in quotes") }
        return try cursor.string()
    }

    /// The next value as it is written.
    private mutating func raw() throws -> String {
        _ = try cursor.next()
        let start = cursor.at
        try cursor.skip()
        return String(decoding: bytes[start..<cursor.at], as: UTF8.self)
    }
}

/// A place in a tree of jobs, for messages.
struct FlowPlace {
    private var text = ""

    /// Whether it is the first job.
    var isRoot: Bool { text.isEmpty }

    /// A member of what is here.
    func member(_ name: String) -> FlowPlace { FlowPlace(text: isRoot ? name : "\(text).\(name)") }

    /// An element of the list that is here.
    func element(_ index: Int) -> FlowPlace { FlowPlace(text: "\(text)[\(index)]") }

    /// What is wrong here.
    func fault(_ problem: String) -> CommandFailure {
        .usage(isRoot ? "the flow \(problem)" : "the flow: \(Printable.text(text)) \(problem)")
    }

    /// Which rule is broken here.
    func refusal(_ problem: ValidationError) -> CommandFailure {
        .usage(isRoot ? "the flow: \(problem)" : "the flow: \(Printable.text(text)): \(problem)")
    }

    /// Does what may refuse a value, and says where it was.
    func checked<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let problem as ValidationError { throw refusal(problem) }
    }

    init() {}
    private init(text: String) { self.text = text }
}
