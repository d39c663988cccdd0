/// Rows of cells for people, in aligned columns.
struct Table {
    /// On which side a column's cells end.
    enum Alignment { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    /// An empty table.
    init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    /// Adds a row; it has a cell for each column, and none can break its line or the terminal.
    mutating func add(_ cells: [String]) { rows.append(cells.map(Printable.cell)) }

    /// Whether there are no rows.
    var isEmpty: Bool { rows.isEmpty }

    /// The lines, the titles first, without blanks at their ends.
    var lines: [String] {
        let all = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.indices.map { column in
                let fill = String(repeating: " ", count: widths[column] - row[column].count)
                return columns[column].alignment == .left ? row[column] + fill : fill + row[column]
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension Output {
    /// Prints a table, or a sentence where it has no rows.
    func table(_ table: Table, orSay sentence: String) {
        if table.isEmpty { return note(sentence) }
        table.lines.forEach(line)
    }
}
