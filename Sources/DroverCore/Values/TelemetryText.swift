/// The trace context at the end of a job's stored options.
enum TelemetryText {
    private static let head = Array(",\"tm\":\"".utf8)
    private static let omits = Array(",\"omc\":true".utf8)

    /// The stored form of options with a context behind it.
    ///
    /// - Parameter options: the stored form of the others: an object with at least one member.
    static func text(_ options: String, with telemetry: JobTelemetry) -> String {
        var text = String(options.dropLast())
        if let metadata = telemetry.metadata {
            text += ",\"tm\":\""
            for scalar in metadata.unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case _ where scalar.value < 0x20:
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: text.unicodeScalars.append(scalar)
                }
            }
            text += "\""
        }
        if telemetry.omitContext { text += ",\"omc\":true" }
        return text + "}"
    }

    /// The stored form of the other options, and the context behind it; nil where there is none, or where somebody else wrote
    /// it otherwise.
    static func parts(of text: String) -> (others: String, telemetry: JobTelemetry)? {
        var bytes = Array(text.utf8)[...]
        guard bytes.popLast() == UInt8(ascii: "}") else { return nil }
        var telemetry = JobTelemetry()
        if bytes.suffix(omits.count).elementsEqual(omits) {
            bytes.removeLast(omits.count)
            telemetry.omitContext = true
        }
        if bytes.last == UInt8(ascii: "\""), let start = place(of: head, in: bytes) {
            guard let metadata = unescaped(bytes[(start + head.count)..<(bytes.endIndex - 1)]) else { return nil }
            telemetry.metadata = metadata
            bytes = bytes[..<start]
        }
        if telemetry == JobTelemetry() || bytes.count < 2 { return nil }
        return (String(decoding: bytes, as: UTF8.self) + "}", telemetry)
    }

    /// Where bytes stand for the last time with something behind them.
    private static func place(of wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        var end = bytes.endIndex - wanted.count
        while end > bytes.startIndex, let found = bytes[..<end].lastIndex(of: wanted[0]) {
            if bytes[found...].starts(with: wanted) { return found }
            end = found
        }
        return nil
    }

    /// The text of a JSON string; nil where it ends early or has an escape that is not written here.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                guard [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(byte) else { return nil }
                result.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                return nil
            } else {
                result.append(byte)
            }
        }
        return isEscaped ? nil : String(decoding: result, as: UTF8.self)
    }
}
