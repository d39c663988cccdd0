import DroverCore
import DroverTesting
import ProcessTesting
import Testing

@testable import DroverSQLite

@Suite("Stored events")
struct EventCodecTests {
    private static func number(_ random: inout SeededGenerator) -> Int {
        // Numbers of every length, the largest included.
        Int(
            truncatingIfNeeded: UInt64.random(in: .min ... .max, using: &random)
                >> UInt64.random(in: 1...63, using: &random))
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let letters = ["a", "0", "\"", "\\", "é", "漢", "👩‍👩‍👧", "\u{0}", " ", "\u{FFFD}"]
        return (0..<Int.random(in: 0...300, using: &random) / 10).map { _ in letters.randomElement(using: &random) ?? ""
        }
        .joined()
    }

    private static func job(_ random: inout SeededGenerator) -> StoredID {
        Bool.random(using: &random)
            ? .generated(Int64(number(&random))) : .own("own" + text(&random))
    }

    private static func kind(_ random: inout SeededGenerator) -> JobEvent.Kind {
        let state = JobState.allCases.randomElement(using: &random) ?? .waiting
        switch Int.random(in: 0..<19, using: &random) {
        case 0: return .added(JobName(stored: text(&random)))
        case 1: return .waiting(from: Bool.random(using: &random) ? nil : state)
        case 2:
            let instant = Int64(bitPattern: UInt64.random(in: .min ... .max, using: &random))
            return .delayed(until: Timestamp(milliseconds: instant))
        case 3: return .active
        case 4: return .progress(JSONText(trusted: text(&random)))
        case 5: return .completed(JSONText(trusted: text(&random)))
        case 6: return .failed(text(&random))
        case 7: return .retriesExhausted(attemptsMade: number(&random))
        case 8: return .stalled
        case 9: return .removed(from: state)
        case 10: return .duplicated
        case 11: return .cancelRequested
        case 12: return .drained
        case 13: return .paused
        case 14: return .resumed
        case 15: return .deduplicated(id: text(&random), other: JobID(stored: text(&random)))
        case 16: return .waitingChildren(from: Bool.random(using: &random) ? nil : state)
        case 17:
            return .deadLettered(
                to: JobKey(queue: QueueName(stored: text(&random)), id: JobID(stored: text(&random))))
        default: return .cleaned(number(&random))
        }
    }

    /// Random events as written, and what reading them must give.
    private static func events(_ count: Int, _ random: inout SeededGenerator) -> (
        EventWriter, [(JobID?, JobEvent.Kind)]
    ) {
        var writer = EventWriter()
        var expected: [(JobID?, JobEvent.Kind)] = []
        for _ in 0..<count {
            let job = job(&random)
            if Int.random(in: 0..<8, using: &random) == 0 {
                let name = JobName(stored: text(&random))
                writer.addedAndWaiting(job, name: name)
                expected += [(job.id, .added(name)), (job.id, .waiting(from: nil))]
            } else {
                let kind = kind(&random)
                writer.append(kind, job)
                expected.append((EventCode(kind).hasJob ? job.id : nil, kind))
            }
        }
        return (writer, expected)
    }

    @Test("Events are read as they were written")
    func roundTrip() throws {
        var random = TestRun.generator()
        for _ in 0..<400 {
            let (writer, expected) = Self.events(Int.random(in: 0...30, using: &random), &random)
            let read = try EventReader.events(in: writer.bytes)
            #expect(read.count == expected.count)
            #expect(writer.count == Int64(expected.count))
            for (event, expectation) in zip(read, expected) {
                #expect(event.job == expectation.0)
                #expect(event.kind == expectation.1)
            }
        }
    }

    @Test("Damaged events are read as something else or refused as corrupt, and never stop the program")
    func damaged() throws {
        var random = TestRun.generator()
        var refused = 0
        for round in 0..<4000 {
            var bytes = Self.events(Int.random(in: 1...5, using: &random), &random).0.bytes
            switch round % 4 {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            case 1:
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            case 2: bytes = (0..<40).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            default:
                bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF], at: Int.random(in: 0...bytes.count, using: &random))
            }
            do throws(StoreError) { _ = try EventReader.events(in: bytes) } catch {
                refused += 1
                #expect(error.code == .corrupt)
            }
        }
        #expect(refused > 500)
    }

    @Test(
        "A number, a state or a code that can't be is refused as corrupt",
        arguments: [
            [0], [18], [255], [5], [3, 2, 9], [11, 2, 8], [2, 2, 200],
            // Attempts and cleaned jobs beyond the largest number, and numbers of more than ten bytes.
            [9, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
            [17, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
            [17, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
            // A text of the largest length.
            [8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
        ] as [[UInt8]])
    func impossible(bytes: [UInt8]) {
        let error = #expect(throws: StoreError.self) { try EventReader.events(in: bytes) }
        #expect(error?.code == .corrupt)
    }
}
