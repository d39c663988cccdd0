import DroverCore
import GRDB
import GRDBSQLite

/// One prepared statement of one connection.
///
/// GRDB opens the connections and schedules their use; on the hot path its
/// generic binding and row decoding cost more than the statements themselves,
/// so values are bound and read here directly. A statement is used only where
/// its connection is, and dies before it.
final class Statement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    /// Who finalizes the handle, when that is not this object.
    private let owner: AnyObject?
    /// The first binding that failed; the next step tells.
    private var failedBinding = SQLITE_OK

    init(_ connection: OpaquePointer, _ sql: String) throws(StoreError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw StoreError.sqlite(code, connection, "prepare a statement")
        }
        self.handle = handle
        self.connection = connection
        owner = nil
    }

    /// Takes the statement that a reading connection keeps for this text: to prepare one costs more than most reads.
    /// Only one object at a time may stand for it.
    init(keptBy db: Database, _ sql: String) throws(StoreError) {
        do {
            let kept = try db.cachedStatement(sql: sql)
            // A connection in use by GRDB always has its handle.
            guard let connection = db.sqliteConnection else { preconditionFailure("the connection is closed") }
            handle = kept.sqliteStatement
            self.connection = connection
            owner = kept
        } catch {
            throw StoreError.database(error, "prepare a statement")
        }
    }

    deinit { if owner == nil { sqlite3_finalize(handle) } else { sqlite3_reset(handle) } }

    // MARK: Binding

    /// Tells SQLite to copy a bound text before the call returns.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ index: Int32, _ value: Int64) { check(sqlite3_bind_int64(handle, index, value)) }

    func bind(_ index: Int32, _ value: Bool) { bind(index, value ? 1 : 0) }

    func bind(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 { bytes in
            // An empty buffer may have no address, which SQLite would take for NULL.
            guard let start = bytes.baseAddress else { return check(sqlite3_bind_text(handle, index, "", 0, nil)) }
            start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                check(
                    sqlite3_bind_text64(
                        handle, index, $0, UInt64(bytes.count), Self.transient, UInt8(truncatingIfNeeded: SQLITE_UTF8)))
            }
        }
    }

    func bind(_ index: Int32, _ value: String?) {
        if let value { bind(index, value) } else { check(sqlite3_bind_null(handle, index)) }
    }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { check(sqlite3_bind_null(handle, index)) }
    }

    func bind(_ index: Int32, _ value: [UInt8]) {
        if value.isEmpty { return check(sqlite3_bind_zeroblob(handle, index, 0)) }
        value.withUnsafeBytes {
            check(sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), Self.transient))
        }
    }

    private func check(_ code: Int32) {
        if code != SQLITE_OK, failedBinding == SQLITE_OK { failedBinding = code }
    }

    // MARK: Running

    /// Goes to the next row; false at the end, where the statement is reset and its bindings stay.
    func step() throws(StoreError) -> Bool {
        let code = failedBinding == SQLITE_OK ? sqlite3_step(handle) : failedBinding
        failedBinding = SQLITE_OK
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE {
            sqlite3_reset(handle)
            return false
        }
        let error = StoreError.sqlite(code, connection, "run a statement")
        sqlite3_reset(handle)
        throw error
    }

    /// Runs to the end and tells how many rows were changed.
    @discardableResult
    func run() throws(StoreError) -> Int {
        while try step() {}
        return Int(sqlite3_changes(connection))
    }

    /// Ends a read before its last row.
    func reset() { sqlite3_reset(handle) }

    // MARK: Reading

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// A number that only ever counts up from zero. A damaged one is taken as the nearest that may be counted on from.
    func count(_ column: Int32) -> Int64 { min(max(0, int(column)), 1 << 53) }

    func bool(_ column: Int32) -> Bool { sqlite3_column_int64(handle, column) != 0 }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Lends the bytes of a text, which last until the next step; nil for NULL.
    func withText<Result>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        guard let start = sqlite3_column_text(handle, column) else { return nil }
        return body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
