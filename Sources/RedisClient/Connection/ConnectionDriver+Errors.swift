internal import NIOCore
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension ConnectionDriver {
    /// Why an attempt to open a channel failed, for people.
    func connectError(_ error: any Error) -> RedisError {
        if let tlsError = tlsError(error) { return tlsError }
        let reason =
            if let failure = error as? NIOConnectionError {
                failure.connectionErrors.first.map { Self.reason($0.error) }
                    ?? "the name '\(failure.host)' has no address"
            } else {
                Self.reason(error)
            }
        return RedisError(
            .connect,
            "Connecting to \(endpoint) failed: \(reason). Check the address and that the server runs there.",
            cause: error)
    }

    /// Why an open channel ended, for people.
    func channelError(_ error: (any Error)?) -> RedisError {
        if let error, let tlsError = tlsError(error) { return tlsError }
        let reason = error.map { Self.reason($0) } ?? "the server closed it"
        guard machine.isReady else {
            return RedisError(
                .connect,
                "Connecting to \(endpoint) failed: the connection ended during the greeting (\(reason)). Check that a "
                    + "Redis server is there, and that both sides use TLS or neither does.",
                cause: error)
        }
        return RedisError(
            .connectionLost, "The connection to \(endpoint) was lost: \(reason). It is made anew.", cause: error)
    }

    /// What an error of the system or of NIO says, in a few words.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: "there was no answer in time"
        default: String(describing: error)
        }
    }

    /// The error for people when certificates or encryption are the reason, else nil.
    private func tlsError(_ error: any Error) -> RedisError? {
        guard configuration.tls != nil else { return nil }
        if error is NIOSSLExtraError {
            return RedisError(
                .tls,
                "TLS with \(endpoint) failed: its certificate is not for the name asked for. Connect by a name in the "
                    + "certificate, or set the server name (servername=) to one.",
                cause: error)
        }
        let text: String
        switch error {
        case NIOSSLError.uncleanShutdown: return nil
        case NIOSSLError.handshakeFailed(let inner): text = String(describing: inner)
        case is NIOSSLError, is BoringSSLError: text = String(describing: error)
        default: return nil
        }
        // The server went away in the middle, which says nothing of certificates.
        if text.contains("EOF during handshake") { return nil }
        let advice =
            if text.contains("CERTIFICATE_VERIFY_FAILED") {
                "its certificate is not of an authority that is trusted here, or has expired. Give the CA that issued "
                    + "it (ca=), and look at its dates"
            } else if text.contains("WRONG_VERSION_NUMBER") {
                "it does not speak TLS on this port. Use its TLS port, or redis:// without TLS"
            } else if text.contains("CERTIFICATE_REQUIRED") || text.contains("HANDSHAKE_FAILURE") {
                "it wants a client certificate that it trusts. Give one with its key (cert=, key=)"
            } else if text.contains("ALERT") {
                "it refused our certificate or settings. Check the client certificate (cert=, key=), that its CA is "
                    + "trusted by the server, and the TLS versions"
            } else {
                "there was no agreement. Check the certificates of both sides and the TLS versions"
            }
        return RedisError(.tls, "TLS with \(endpoint) failed: \(advice).", cause: error)
    }
}
