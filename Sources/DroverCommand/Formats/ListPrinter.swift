/// Prints a JSON list as ``JSONWriter/list(_:)`` would, each value when it is known: what came before a failure is not
/// lost, and a long list needs no memory.
struct ListPrinter {
    private let output: Output
    private(set) var isEmpty = true

    /// A list of which nothing is printed yet.
    init(_ output: Output) { self.output = output }

    /// Prints a value, a JSON text.
    mutating func add(_ value: String) {
        output.part((isEmpty ? "[\n  " : ",\n  ") + value)
        isEmpty = false
    }

    /// Prints the end of the list.
    func end() { output.line(isEmpty ? "[]" : "\n]") }
}
