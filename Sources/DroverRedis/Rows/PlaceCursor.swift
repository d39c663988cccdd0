import DroverCore

/// A place in the list of jobs in one state, as the scripts `list` and `sweep` write it.
struct PlaceCursor {
    /// Empty at the beginning.
    let text: String

    /// - Throws: ``StoreError`` with the code `invalid` for a text that no page of such a list gave.
    init(_ cursor: PageCursor?, in state: JobState) throws(StoreError) {
        guard let cursor else {
            text = ""
            return
        }
        let first = cursor.text.prefix { $0 != "\t" }
        let isKnown: Bool
        switch state {
        case .waiting, .active: isKnown = UInt32(first) != nil
        case .prioritized, .grouped, .delayed, .waitingChildren, .completed, .failed:
            isKnown = Double(first) != nil && cursor.text.contains("\t")
        }
        if !isKnown { throw Self.unknown(cursor) }
        text = cursor.text
    }

    static func unknown(_ cursor: PageCursor) -> StoreError {
        StoreError(
            .invalid,
            "\(ValidationError.quote(cursor.text)) is not a cursor of this store; use one that a page returned")
    }
}
