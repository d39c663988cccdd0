import DroverCore

/// A rule of the result cache: `KEY:LIFETIME`, as `report:42:10m`.
enum ResultCacheArgument {
    static func parse(_ text: String) throws -> ResultCache {
        guard let colon = text.lastIndex(of: ":") else {
            throw ValidationError("cache", "has no lifetime; give KEY:LIFETIME, as report:42:10m")
        }
        let lifetime = try DurationArgument.parse(String(text[text.index(after: colon)...]))
        var options = JobOptions()
        options.resultCache = ResultCache(key: String(text[..<colon]), lifetime: lifetime.duration)
        if let problem = options.problem { throw problem }
        return ResultCache(key: String(text[..<colon]), lifetime: lifetime.duration)
    }

    static func text(_ rule: ResultCache) -> String { "\(rule.key) for \(DurationArgument(rule.lifetime))" }
}
