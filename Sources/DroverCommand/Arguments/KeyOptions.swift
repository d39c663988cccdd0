import ArgumentParser
import Drover
import DroverCore

/// The keys of encrypted payloads. They never stand on the command line, which other users of the machine can read.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .customLong("encryption-keys"),
        help: ArgumentHelp(
            """
            The file with the keys of encrypted payloads: a line ID:KEY for each, the current one first. Default: \
            DROVER_ENCRYPTION_KEYS, or the file that DROVER_ENCRYPTION_KEYS_FILE names.
            """, valueName: "path"),
        completion: .file())
    var file: String?

    /// The longest file that is read.
    private static let longestFile = 65_536

    /// The keys; nil when there are none.
    ///
    /// - Throws: ``CommandFailure``, which never repeats a key.
    func ring(in session: Session) throws -> KeyRing? {
        let environment = session.environment
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let text: String
        let source: String
        if let file = file ?? variable("DROVER_ENCRYPTION_KEYS_FILE") {
            if self.file == nil, variable("DROVER_ENCRYPTION_KEYS") != nil {
                throw CommandFailure.usage(
                    "DROVER_ENCRYPTION_KEYS and DROVER_ENCRYPTION_KEYS_FILE are both set", advice: "keep one of them")
            }
            let bytes = try Input.file(file, limit: Self.longestFile)
            guard let contents = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure.usage("the file \(file) is not UTF-8")
            }
            (text, source) = (contents, "the file \(file)")
        } else if let keys = variable("DROVER_ENCRYPTION_KEYS") {
            (text, source) = (keys, "DROVER_ENCRYPTION_KEYS")
        } else {
            return nil
        }
        do { return try KeyRing(parsing: text) } catch {
            throw CommandFailure.usage("\(source) has no keys that can be used: \(error)")
        }
    }

    /// Keys are needed and none were given.
    static let noKeys = CommandFailure.usage(
        "there are no keys to decrypt with",
        advice: "name their file by --encryption-keys, or set DROVER_ENCRYPTION_KEYS")

    /// How payloads are opened, and where nothing else is said encrypted; nil when there are no keys.
    func encryption(in session: Session) throws -> PayloadEncryption? {
        try ring(in: session).map { PayloadEncryption($0) }
    }
}

/// What of a new payload is encrypted.
struct EncryptOptions: ParsableArguments {
    @OptionGroup var keys: KeyOptions
    @Option(
        name: .customLong("encrypt"),
        help: ArgumentHelp(
            "Encrypt this part of the payload, as card.number or items[].secret. Repeatable. Default: all of it, where there are keys.",
            valueName: "path"))
    var paths: [String] = []
    @Flag(help: "Store the payload as it is, also where there are keys.") var plain = false

    func validate() throws {
        if plain && !paths.isEmpty { throw ArgumentParser.ValidationError("--plain and --encrypt: give one of them") }
    }

    /// What is encrypted; nil for what holds without a word.
    func parts() throws -> EncryptedParts? {
        if plain { return .nothing }
        if paths.isEmpty { return nil }
        return .paths(try paths.map { text throws(DroverCore.ValidationError) in try PayloadPath(text) })
    }
}
