import DroverCore
import Foundation

@testable import Drover

/// The instant of a text such as `2025-03-09T03:00:00-04:00`.
func at(_ text: String) throws -> Timestamp {
    Timestamp(milliseconds: Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970) * 1000)
}

/// The next `count` times of an expression after an instant, as a clock on the wall of the zone shows them.
func shown(_ expression: String, after start: String, in zone: String, count: Int = 4) throws -> [String] {
    let cron = try CronExpression(expression)
    let zone = try ScheduleZone(zone)
    return try due(count, after: at(start)) { cron.next(after: $0, in: zone) }.map { clock($0, in: zone) }
}

/// Calls for one time after the other.
func due(_ count: Int, after start: Timestamp, _ next: (Timestamp) -> Timestamp?) -> [Timestamp] {
    var times: [Timestamp] = []
    while times.count < count, let time = next(times.last ?? start) { times.append(time) }
    return times
}

/// What a clock shows, as in `2025-03-09 03:00:00-0400`.
func clock(_ time: Timestamp, in zone: ScheduleZone) -> String {
    let seconds = time.milliseconds.dividedDown(by: 1000)
    let offset = zone.offset(at: seconds)
    let local = seconds + offset
    let day = CivilDate(daysSinceEpoch: local.dividedDown(by: 86_400))
    let second = local - day.daysSinceEpoch * 86_400
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(day.year)-\(two(Int64(day.month)))-\(two(Int64(day.day)))"
    let sign = offset < 0 ? "-" : "+"
    return "\(date) \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        + "\(sign)\(two(abs(offset) / 3600))\(two(abs(offset) / 60 % 60))"
}
