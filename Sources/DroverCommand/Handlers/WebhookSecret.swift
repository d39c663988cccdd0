import Crypto
import DroverCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The secret that signs requests, as the Standard Webhooks specification has it.
struct WebhookSecret: Sendable {
    private let key: SymmetricKey

    /// Reads a secret: `whsec_` and base64, or any other text, taken as it is.
    ///
    /// - Throws: `ValidationError`, which never repeats the secret.
    init(parsing text: String) throws(ValidationError) {
        let prefix = "whsec_"
        if text.hasPrefix(prefix) {
            guard let bytes = Data(base64Encoded: String(text.dropFirst(prefix.count))), !bytes.isEmpty else {
                throw ValidationError("DROVER_HTTP_SECRET", "what follows whsec_ is not base64")
            }
            key = SymmetricKey(data: bytes)
        } else {
            if text.isEmpty { throw ValidationError("DROVER_HTTP_SECRET", "is empty; unset it, or give a secret") }
            key = SymmetricKey(data: Data(text.utf8))
        }
    }

    /// The value of the header `webhook-signature` for a request.
    func signature(id: String, timestamp: Int64, body: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(id).\(timestamp).\(body)".utf8), using: key)
        return "v1," + Data(code).base64EncodedString()
    }
}
