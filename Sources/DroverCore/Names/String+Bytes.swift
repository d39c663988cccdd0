// Names and ids are what their bytes of UTF-8 are: stores compare bytes, where Swift's strings may be equal with different ones.

extension String {
    /// Whether another text has the same bytes.
    package func hasSameBytes(as other: String) -> Bool {
        var left = self
        var right = other
        return left.withUTF8 { left in
            right.withUTF8 { right in left.count == right.count && left.elementsEqual(right) }
        }
    }
}

extension Hasher {
    /// Feeds the bytes of a text and their number.
    mutating func combineText(_ text: String) {
        var text = text
        text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(text.utf8.count)
    }
}
