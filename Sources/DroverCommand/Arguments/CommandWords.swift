import DroverCore

/// Splits a command into words by the simplest rules of a shell, without being one.
///
/// Blanks separate words; `'…'` keeps everything; `"…"` keeps everything but `\"` and `\\`; elsewhere a backslash
/// keeps the next character. Nothing is expanded: `$`, backquotes, `;`, `|`, `>` and `*` are ordinary characters.
enum CommandWords {
    /// The words of a command.
    ///
    /// - Throws: `ValidationError` when a quote is not closed or there is no word.
    static func split(_ command: String) throws(ValidationError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in command {
            if isEscaped {
                isEscaped = false
                if quote != nil && character != "\"" && character != "\\" { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(character)
            } else if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "\\" && open == "\"" {
                    isEscaped = true
                } else {
                    word = (word ?? "") + String(character)
                }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == "\\" {
                isEscaped = true
            } else if character.isWhitespace {
                if let end = word { words.append(end) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil { throw ValidationError("command", "a quote is not closed") }
        if isEscaped { throw ValidationError("command", "it ends with a backslash that escapes nothing") }
        if let word { words.append(word) }
        guard let program = words.first, !program.isEmpty else { throw ValidationError("command", "names no program") }
        return words
    }
}
