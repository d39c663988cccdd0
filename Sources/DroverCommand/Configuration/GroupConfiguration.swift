import DroverCore

/// What is said of a group of jobs of a queue, or of every group: on a command line or in a configuration.
struct GroupConfiguration: Hashable, Sendable {
    /// How many turns it has; nil leaves it as it is.
    var weight: WeightArgument?
    /// How many of its jobs run at once; nil leaves it as it is.
    var concurrency: ConcurrencyArgument?
    /// How many of its jobs begin in a span of time; nil leaves it as it is.
    var rate: RateArgument?

    /// The settings that make it so.
    ///
    /// - Parameter group: the group; nil for every group.
    func settings(of group: String?, in queue: QueueName) -> [QueueSetting] {
        let settings: [GroupSetting?] = [
            weight.map { .weight($0.weight) }, concurrency.map { .concurrency($0.most) },
            rate.map { .rate($0.limit.map { GroupRate(max: $0.max, per: $0.per) }) },
        ]
        return settings.compactMap(\.self).map { .group(queue, group, $0) }
    }
}

extension GroupConfiguration {
    /// Reads what a section says of a group.
    init(_ section: ConfigurationSection) {
        weight = section.value("weight", WeightArgument.parse)
        concurrency = section.value("concurrency", ConcurrencyArgument.parse)
        rate = section.value("rate", RateArgument.parseFixed)
        section.finish()
    }

    /// Reads the groups of a section by their names, in the order of the file.
    static func read(_ section: ConfigurationSection) -> [Named] {
        section.names.compactMap { name in
            let inner = section.section(name)
            // A queue is needed for a setting, and no part of the rule.
            if let problem = QueueSetting.group(QueueName(stored: "q"), name, .weight(nil)).problem {
                inner.report(problem.problem)
                return nil
            }
            return Named(name: name, group: GroupConfiguration(inner))
        }
    }

    /// A group with its name.
    struct Named: Hashable, Sendable {
        var name: String
        var group: GroupConfiguration
    }
}
