import DroverCore
import RedisClient

extension RedisArguments {
    /// A rule as scripts are given it: count and age in milliseconds, each empty where the rule has none.
    mutating func append(_ rule: Retention) {
        append(rule.count.map { String(max($0, 0)) } ?? "")
        append(rule.age.map { String(max($0.wholeMilliseconds, 0)) } ?? "")
    }
}
