#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How far the move of a queue has come, as each of the two stores keeps it.
///
/// The target's is stored together with the jobs that arrive, the source's together with the removal of those that leave. Their
/// numbers tell, after a crash at any moment, whether the last jobs that arrived still have to leave.
public struct MoveCheckpoint: Hashable, Sendable {
    /// What the store is in the move.
    public enum Role: String, Hashable, Sendable, Codable {
        /// Jobs leave it.
        case source
        /// Jobs arrive in it.
        case target
    }

    /// A name that no other move has.
    public var move: String
    /// What the store is in it.
    public var role: Role
    /// The number of its last step, from 0.
    public var number: Int
    /// The other store, for people.
    public var peer: String
    /// Whether the source's queue was paused before it was moved.
    public var wasPaused: Bool
    /// Whether the source has given away all that it had; what has come in since is moved by another move.
    public var hasEnded: Bool
    /// The jobs of the last step, in the target.
    public var jobs: [JobStamp]
    /// The schedules of the last step, in the target.
    public var schedules: [ScheduleStamp]

    /// A checkpoint from its parts.
    public init(
        move: String, role: Role, number: Int, peer: String, wasPaused: Bool, hasEnded: Bool = false,
        jobs: [JobStamp] = [], schedules: [ScheduleStamp] = []
    ) {
        self.move = move
        self.role = role
        self.number = number
        self.peer = peer
        self.wasPaused = wasPaused
        self.hasEnded = hasEnded
        self.jobs = jobs
        self.schedules = schedules
    }

    /// What a step compares: two checkpoints with the same mark are the same.
    public var mark: String { "\(role.rawValue) \(move) \(number)\(hasEnded ? " ended" : "")" }
}

extension MoveCheckpoint {
    /// The stored form.
    private struct Stored: Codable {
        var move: String
        var role: Role
        var number: Int
        var peer: String
        var wasPaused: Bool
        var hasEnded: Bool
        var jobs: [String]
        var createdAt: [Int64]
        var schedules: [String]
        var slots: [Int64]
    }

    /// The checkpoint as a JSON text, which every store keeps.
    package var text: String {
        get throws(StoreError) {
            let stored = Stored(
                move: move, role: role, number: number, peer: peer, wasPaused: wasPaused, hasEnded: hasEnded,
                jobs: jobs.map(\.id.text), createdAt: jobs.map(\.createdAt.milliseconds),
                schedules: schedules.map(\.id.text), slots: schedules.map(\.slot.milliseconds))
            do { return String(decoding: try JSONEncoder().encode(stored), as: UTF8.self) } catch {
                throw StoreError(.invalid, "could not write the record of a move: \(error)", cause: error)
            }
        }
    }

    /// Reads a stored text.
    ///
    /// - Throws: ``StoreError`` with the code `corrupt` when it is none.
    package init(text: String) throws(StoreError) {
        let stored: Stored
        do { stored = try JSONDecoder().decode(Stored.self, from: Data(text.utf8)) } catch {
            throw StoreError(
                .corrupt, "the record of a move can't be read; a newer drover may have written it, use that one",
                cause: error)
        }
        self.init(
            move: stored.move, role: stored.role, number: stored.number, peer: stored.peer,
            wasPaused: stored.wasPaused, hasEnded: stored.hasEnded,
            jobs: zip(stored.jobs, stored.createdAt).map {
                JobStamp(id: JobID(stored: $0), createdAt: Timestamp(milliseconds: $1))
            },
            schedules: zip(stored.schedules, stored.slots).map {
                ScheduleStamp(id: ScheduleID(stored: $0), slot: Timestamp(milliseconds: $1))
            })
    }
}
