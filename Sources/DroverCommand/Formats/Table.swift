/// Rows of cells for people, in aligned columns.
struct Table {
    /// On which side a column's cells end.
    enum Alignment { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    /// An empty table.
    init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    /// Adds a row; it has a cell for each column.
    mutating func add(_ cells: [String]) { rows.append(cells.map(Self.printable)) }

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

    /// A cell that can't break its line or the terminal: control characters are shown as a replacement, and what is
    /// longer than a line of text is cut.
    static func printable(_ text: String) -> String {
        let firstLine = text.unicodeScalars.prefix { $0 != "\n" }
        let isCut = firstLine.count > 120 || firstLine.count < text.unicodeScalars.count
        let shown = firstLine.prefix(120).map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "\u{FFFD}" : $0 }
        return String(String.UnicodeScalarView(shown)) + (isCut ? "…" : "")
    }
}

extension Output {
    /// Prints a table, or a sentence where it has no rows.
    func table(_ table: Table, orSay sentence: String) {
        if table.isEmpty { return note(sentence) }
        table.lines.forEach(line)
    }
}
