internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Makes the TLS context of a client from its certificate files and keeps it until something is wrong with it.
final class TLSContextLoader: Sendable {
    private let settings: RedisConfiguration.TLS
    private let endpoint: String
    private let context = Mutex<NIOSSLContext?>(nil)

    init(_ settings: RedisConfiguration.TLS, endpoint: String) {
        self.settings = settings
        self.endpoint = endpoint
    }

    /// The context, read from the files at the first call and after `forget`; it may block.
    func load() -> Result<NIOSSLContext, RedisError> {
        if let known = context.withLock({ $0 }) { return .success(known) }
        do throws(RedisError) {
            let made = try make()
            context.withLock { $0 = made }
            return .success(made)
        } catch {
            return .failure(error)
        }
    }

    /// Makes the next attempt read the files again, which may have been replaced.
    func forget() {
        context.withLock { $0 = nil }
    }

    /// The name to ask the server for and to find in its certificate; nil where the address itself is checked.
    func serverName(for address: RedisConfiguration.Address) -> String? {
        var name = settings.serverName
        if name == nil, case .host(let host, _) = address { name = host }
        // An IP address can't be asked for by name (RFC 6066); an error says that it is none.
        guard let name, (try? SocketAddress(ipAddress: name, port: 0)) == nil else { return nil }
        return name
    }

    private func make() throws(RedisError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = settings.verifies ? .fullVerification : .none
        if let file = settings.caFile {
            try read(file, "the CA file") { configuration.trustRoots = .certificates(try Self.certificates(file)) }
        }
        if let file = settings.certificateFile {
            try read(file, "the certificate file") {
                configuration.certificateChain = try Self.certificates(file).map { .certificate($0) }
            }
        }
        if let file = settings.keyFile {
            try read(file, "the key file") {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem))
            }
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw RedisError(
                .tls,
                "TLS to \(endpoint) can't be set up; check that the certificate and key files belong together.",
                cause: error)
        }
    }

    private static func certificates(_ file: String) throws -> [NIOSSLCertificate] {
        let certificates = try NIOSSLCertificate.fromPEMFile(file)
        guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
        return certificates
    }

    private func read(_ file: String, _ role: String, _ body: () throws -> Void) throws(RedisError) {
        do {
            try body()
        } catch {
            throw RedisError(
                .tls,
                "TLS to \(endpoint) can't be set up: \(role) \(file) can't be read as PEM; check that it exists and "
                    + "may be read, and that it is not in another format.",
                cause: error)
        }
    }
}
