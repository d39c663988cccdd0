import DroverCore
import Testing

@testable import Drover

@Suite struct ScheduleZoneTests {
    @Test(arguments: [
        "UTC", "GMT", "Europe/Berlin", "America/Argentina/Buenos_Aires", "US/Eastern", "Asia/Calcutta", "EST5EDT",
        "CET", "Etc/GMT+5",
    ])
    func aNameOfTheDatabaseIsKnownAndKept(_ name: String) throws {
        #expect(try ScheduleZone(name).identifier == name)
    }

    @Test(arguments: [
        "", "Mars/Olympus", "PST", "IST", "GMT+5", "UTC+5", "+05:00", "europe/berlin", " UTC", "EST5EDT4",
    ])
    func anythingElseIsRefused(_ name: String) {
        #expect(throws: ValidationError.self) { try ScheduleZone(name) }
    }

    @Test(arguments: [
        ("europe/berlin", "time zone: \"europe/berlin\" is not known; did you mean \"Europe/Berlin\"?"),
        ("New York", "time zone: \"New York\" is not known; did you mean \"America/New_York\"?"),
        ("Europe/Londn", "time zone: \"Europe/Londn\" is not known; did you mean \"Europe/London\"?"),
        (
            "Mars/Olympus",
            "time zone: \"Mars/Olympus\" is not known; give a name of the IANA database, as in \"Europe/Berlin\" or \"UTC\""
        ),
    ])
    func anErrorNamesZonesThatAreNear(_ name: String, _ message: String) {
        let error = #expect(throws: ValidationError.self) { try ScheduleZone(name) }
        #expect(error?.description == message)
    }

    @Test func aChangeIsFoundToTheSecond() throws {
        let zone = try ScheduleZone("America/New_York")
        let (start, end) = (try at("2025-01-01T00:00:00+00:00"), try at("2026-01-01T00:00:00+00:00"))
        let spring = try #require(zone.change(after: start.milliseconds / 1000, through: end.milliseconds / 1000))
        #expect(spring == (try at("2025-03-09T07:00:00+00:00")).milliseconds / 1000)
        let autumn = try #require(zone.change(after: spring, through: end.milliseconds / 1000))
        #expect(autumn == (try at("2025-11-02T06:00:00+00:00")).milliseconds / 1000)
        #expect(zone.change(after: autumn, through: end.milliseconds / 1000) == nil)
        #expect(zone.change(after: start.milliseconds / 1000, through: spring) == spring)
        #expect(zone.change(after: start.milliseconds / 1000, through: spring - 1) == nil)
    }

    @Test func aSummerTimeOfAWeekIsSeen() throws {
        let zone = try ScheduleZone("America/Recife")
        let (begin, end) = (try at("2000-10-08T03:00:00+00:00"), try at("2000-10-15T02:00:00+00:00"))
        for day in 0..<14 {
            let start = begin.milliseconds / 1000 - Int64(day) * 86_400 - 1
            #expect(zone.change(after: start, through: start + 30 * 86_400) == begin.milliseconds / 1000)
        }
        #expect(
            zone.change(after: begin.milliseconds / 1000, through: begin.milliseconds / 1000 + 30 * 86_400)
                == end.milliseconds / 1000)
    }

    @Test func aZoneIsEqualToItselfOnly() throws {
        #expect(try ScheduleZone("UTC") == .utc)
        #expect(try ScheduleZone("Europe/Berlin") == ScheduleZone("Europe/Berlin"))
        #expect(try ScheduleZone("Europe/Berlin") != ScheduleZone("Europe/Paris"))
    }
}
