import ArgumentParser
import DroverCore

/// The payload of a new job.
struct PayloadOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The payload: JSON, @FILE, or - for standard input.", valueName: "json"))
    var data = "{}"

    /// The longest payload, in bytes.
    static let limit = 1_048_576

    /// Reads and checks the payload. One line break at the end of a file or of the input does not belong to it.
    ///
    /// - Throws: `CommandFailure` for input that can't be read or is not one JSON text of at most the limit.
    func payload(in session: Session) throws -> JSONText { try Self.value(data, "payload", in: session) }

    /// Reads a value as it is written on a command line: JSON, `@FILE`, or `-` for standard input.
    ///
    /// - Parameter noun: what it is, for messages.
    /// - Throws: `CommandFailure` for input that can't be read or is not one JSON text of at most the limit.
    static func value(_ data: String, _ noun: String, in session: Session) throws -> JSONText {
        let bytes: [UInt8]
        if data == "-" {
            bytes = try Self.withoutLineBreak(session.input.bytes(limit: Self.limit + 3))
        } else if data.hasPrefix("@") {
            bytes = try Self.withoutLineBreak(Input.file(String(data.dropFirst()), limit: Self.limit + 3))
        } else {
            bytes = Array(data.utf8)
        }
        return try Self.json(bytes, noun, limit: Self.limit, advice: "store it elsewhere and send its place")
    }

    /// One JSON text of bytes from outside.
    ///
    /// - Parameters:
    ///   - noun: what it is, for messages.
    ///   - advice: what to do with one that is longer than the limit.
    /// - Throws: `CommandFailure` for what is no JSON text of at most the limit.
    static func json(_ bytes: [UInt8], _ noun: String, limit: Int, advice: String) throws -> JSONText {
        if bytes.count > limit {
            throw CommandFailure.usage("the \(noun) is longer than \(limit) bytes", advice: advice)
        }
        if let place = bytes.firstIndex(of: 0) {
            throw CommandFailure.usage(
                "the \(noun) has a NUL byte at byte \(place)", advice: #"write it as \u0000 inside a JSON string"#)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.usage("the \(noun) is not UTF-8", advice: "encode it before it is sent")
        }
        do {
            return try JSONText(text)
        } catch {
            throw CommandFailure.usage(
                "the \(noun) is not JSON: \(error.problem)",
                advice: noun == "payload" || noun == "result" ? #"quote a plain text: '"text"'"# : nil)
        }
    }

    private static func withoutLineBreak(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes
    }
}
