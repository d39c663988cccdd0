/// Finds the word that somebody meant, for "did you mean": only one that is close.
enum Nearest {
    /// The known word of which the given one is a beginning or a misspelling, or nil when none is close.
    ///
    /// One mistake is allowed for each three characters, and one in a shorter word.
    static func word(to given: String, among known: [String]) -> String? {
        let given = given.lowercased()
        if given.isEmpty || given.count > 64 { return nil }
        let begun = known.filter { $0.hasPrefix(given) }
        if begun.count == 1 { return begun[0] }
        let allowed = max(1, given.count / 3)
        return known.map { (word: $0, mistakes: mistakes(given, $0)) }
            .filter { $0.mistakes <= allowed && $0.mistakes < given.count }
            .min { $0.mistakes < $1.mistakes }?.word
    }

    /// How many characters were left out, put in, mistaken or swapped with their neighbour.
    private static func mistakes(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    least = min(least, beforeLast[j - 1] + 1)
                }
                row.append(least)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
