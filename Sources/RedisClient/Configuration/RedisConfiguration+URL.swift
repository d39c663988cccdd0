extension RedisConfiguration {
    /// Reads `redis://[[user]:password@]host[:port][/database]`, the same with `rediss` for TLS, or `unix:///path?db=n`.
    ///
    /// All parts may be percent-encoded (RFC 3986), an IPv6 address stands in brackets. Query items: `db`, `name`,
    /// `connectTimeout` and `timeout` (seconds, or with `ms` or `s`, as `250ms`), and for TLS `ca`, `cert`, `key`
    /// (PEM files), `servername` and `verify` (`full` or `none`). Others are kept in `unknown`. Throws `.invalid`
    /// with a message that names the part at fault and never repeats the URL.
    public init(url: String) throws(RedisError) {
        guard let mark = url.firstRange(of: "://") else {
            throw Self.invalid("it has no scheme; write redis://host:port, rediss://host:port or unix:///path")
        }
        self.init()
        let scheme = url[..<mark.lowerBound].lowercased()
        var rest = url[mark.upperBound...]
        try Self.checkSigns(rest, isUnix: scheme == "unix")
        if let hash = rest.firstIndex(of: "#") { rest = rest[..<hash] }
        var query: Substring = ""
        if let start = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: start)...]
            rest = rest[..<start]
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        let path = rest[slash...]
        if let at = authority.lastIndex(of: "@") {
            try readCredentials(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        switch scheme {
        case "redis", "rediss":
            if scheme == "rediss" { tls = TLS() }
            try readHost(authority)
            let name = path.dropFirst()
            if !name.isEmpty { database = try Self.database(name) }
        case "unix":
            guard authority.isEmpty, path.count > 1 else {
                throw Self.invalid("a unix URL needs a whole path after three slashes, as unix:///run/redis.sock")
            }
            address = .unixSocket(path: try Self.decoded(path, "the path"))
        default:
            throw Self.invalid("its scheme is none of redis, rediss and unix")
        }
        try readQuery(query)
    }

    /// A password with a bare `/`, `?` or `#` would be taken apart there, and its pieces for names that messages repeat.
    private static func checkSigns(_ text: Substring, isUnix: Bool) throws(RedisError) {
        let end = text.firstIndex { isUnix ? "?#".contains($0) : "/?#".contains($0) } ?? text.endIndex
        if text[end...].contains("@") {
            throw invalid(
                "an '@' stands behind a '/', '?' or '#'; percent-encode these signs in user, password and settings "
                    + "('@' is %40, '/' %2F, '?' %3F, '#' %23)")
        }
    }

    private mutating func readCredentials(_ text: Substring) throws(RedisError) {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let name = try Self.decoded(text[..<colon], "the user")
        user = name.isEmpty ? nil : name
        guard colon < text.endIndex else {
            throw Self.invalid("before the '@' stands no password; write user:password@, or :password@ without a user")
        }
        password = try Self.decoded(text[text.index(after: colon)...], "the password")
    }

    private mutating func readHost(_ text: Substring) throws(RedisError) {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else {
                throw Self.invalid("the IPv6 address has no closing bracket")
            }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw Self.invalid("after the IPv6 address stands no port") }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let name = try Self.decoded(host, "the host")
        var number = 6379
        if let port, !port.isEmpty {
            guard let given = Int(port), (1...65535).contains(given) else {
                throw Self.invalid("the port is no number from 1 to 65535")
            }
            number = given
        }
        address = .host(name.isEmpty ? "127.0.0.1" : name, port: number)
    }

    private mutating func readQuery(_ query: Substring) throws(RedisError) {
        for item in query.split(separator: "&") {
            let equals = item.firstIndex(of: "=") ?? item.endIndex
            let name = try Self.decoded(item[..<equals], "a query item")
            let value = try Self.decoded(equals < item.endIndex ? item[item.index(after: equals)...] : "", "'\(name)'")
            switch name {
            case "db": database = try Self.database(value[...])
            case "name": clientName = value
            case "connectTimeout": connectTimeout = try Self.duration(value, name)
            case "timeout": commandTimeout = try Self.duration(value, name)
            case "ca", "cert", "key", "servername", "verify": try readTLS(name, value)
            default: unknown[name] = value
            }
        }
        if let tls, (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw Self.invalid("'cert' and 'key' must be given together")
        }
    }

    private mutating func readTLS(_ name: String, _ value: String) throws(RedisError) {
        guard var settings = tls else {
            throw Self.invalid("'\(name)' is for TLS only; write rediss:// instead of redis://")
        }
        switch (name, value) {
        case ("ca", _): settings.caFile = value
        case ("cert", _): settings.certificateFile = value
        case ("key", _): settings.keyFile = value
        case ("servername", _): settings.serverName = value
        case (_, "full"): settings.verifies = true
        case (_, "none"): settings.verifies = false
        default: throw Self.invalid("'verify' must be 'full' or 'none'")
        }
        tls = settings
    }

    private static func database(_ text: Substring) throws(RedisError) -> Int {
        guard let number = Int(text), (0...1_000_000).contains(number) else {
            throw invalid("the database is no number from 0")
        }
        return number
    }

    private static func duration(_ text: String, _ name: String) throws(RedisError) -> Duration {
        let isMilliseconds = text.hasSuffix("ms")
        let digits = isMilliseconds ? text.dropLast(2) : text.hasSuffix("s") ? text.dropLast() : text[...]
        guard let number = Double(digits), number > 0, number <= 1e9 else {
            throw invalid("'\(name)' is no time; write for example '5', '1.5s' or '250ms'")
        }
        return isMilliseconds ? .milliseconds(number) : .seconds(number)
    }

    private static func decoded(_ text: Substring, _ part: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                throw invalid("\(part) has a '%' without two hexadecimal digits after it")
            }
            bytes.append(high << 4 | low)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else { throw invalid("\(part) is no UTF-8") }
        return result
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func invalid(_ reason: String) -> RedisError {
        RedisError(.invalid, "The Redis URL can't be used: \(reason).")
    }
}
