/// What may be told of a configuration: where it leads, and no user, password or key.
extension RedisConfiguration: CustomStringConvertible, CustomReflectable {
    /// The address and the database as a URL without credentials.
    public var description: String {
        switch address {
        case .host: "\(tls == nil ? "redis" : "rediss")://\(endpoint)/\(database)"
        case .unixSocket: "unix://\(endpoint)?db=\(database)"
        }
    }

    /// The description and nothing else, so that debuggers and `dump` show no secrets.
    public var customMirror: Mirror {
        Mirror(self, children: ["description": description], displayStyle: .struct)
    }
}
