import ArgumentParser

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .customLong("store"),
        help: ArgumentHelp(
            "The store: sqlite:PATH, sqlite::memory:, redis://HOST:PORT, rediss://HOST:PORT (TLS) or unix:///SOCKET. Default: DROVER_STORE, else sqlite:drover.sqlite.",
            valueName: "url"))
    var url: String?

    /// The store's location: the option, else the environment's, else the standard file.
    func location(in environment: [String: String]) throws(CommandFailure) -> StoreLocation {
        try Self.location(url, in: environment)
    }

    /// The location that a URL names, else the environment's, else the standard file.
    static func location(
        _ url: String?, in environment: [String: String]
    ) throws(CommandFailure) -> StoreLocation {
        if let url { return try StoreLocation(url) }
        if let url = environment["DROVER_STORE"], !url.isEmpty { return try StoreLocation(url) }
        return .standard
    }
}
