/// Counts the pages of one list, so that a store whose pages have no end fails and does not hang.
struct PageBound {
    /// Far more than any list of the suite has.
    private static let mostPages = 10_000
    private var turned = 0

    /// Notes that one more page is read.
    ///
    /// - Throws: ``ConformanceFailure`` when there were too many.
    mutating func turn(file: String = #fileID, line: Int = #line) throws {
        turned += 1
        if turned > Self.mostPages {
            throw ConformanceFailure(
                "the pages have no end: there are more than \(Self.mostPages)", file: file, line: line)
        }
    }
}
