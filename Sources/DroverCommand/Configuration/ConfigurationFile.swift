import Yams

/// A configuration file with the settings of one profile laid over the others.
struct ConfigurationFile {
    /// The whole.
    var root: ConfigurationSection
    /// The profile that was chosen.
    var profile: ServeConfiguration.Profile

    /// Chooses the profile, by the command line, the environment or the file, and lays its settings over the file's.
    init(_ tree: Node?, source: ConfigurationSource, profile chosen: ServeConfiguration.Profile?) {
        let plain = ConfigurationSection(tree, source: source)
        let named =
            plain.word("profile", ["development": .development, "production": .production])
            as ServeConfiguration.Profile?
        profile = chosen ?? named ?? .development
        let profiles = plain.section("profiles")
        for name in profiles.names where ServeConfiguration.Profile(rawValue: name) == nil {
            profiles.report(name, "there is no such profile; give development or production")
        }
        var whole = tree
        if let tree, let over = Self.settings(of: profile, in: tree), over.mapping != nil {
            whole = ConfigurationTree.merge(tree, over)
        }
        root = ConfigurationSection(whole, source: source)
        root.leave("profile")
        root.leave("profiles")
    }

    /// Whether a file has settings of a profile.
    static func has(_ profile: ServeConfiguration.Profile, in tree: Node?) -> Bool {
        tree.flatMap { settings(of: profile, in: $0) } != nil
    }

    private static func settings(of profile: ServeConfiguration.Profile, in tree: Node) -> Node? {
        tree.mapping?.child("profiles")?.mapping?.child(profile.rawValue)
    }
}
