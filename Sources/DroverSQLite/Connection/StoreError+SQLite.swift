import DroverCore
import GRDB
import GRDBSQLite

/// The one place that turns SQLite's and GRDB's errors into the boundary's.
extension StoreError {
    /// The error of a call on `connection` that returned `code`.
    static func sqlite(_ code: Int32, _ connection: OpaquePointer, _ attempt: String) -> StoreError {
        let extended = sqlite3_extended_errcode(connection)
        let text = String(cString: sqlite3_errmsg(connection))
        return sqlite(extended & 0xFF == code & 0xFF ? extended : code, text: text, attempt: attempt, cause: nil)
    }

    /// Any error that opening or using a database through GRDB raised.
    static func database(_ error: any Error, _ attempt: String) -> StoreError {
        if let error = error as? StoreError { return error }
        if let error = error as? DatabaseError {
            return sqlite(
                error.extendedResultCode.rawValue, text: error.message ?? "no message", attempt: attempt, cause: error)
        }
        return StoreError(.unreachable, "could not \(attempt): \(error)", cause: error)
    }

    /// `SQLITE_IOERR_SHMSIZE`, a macro that Swift does not see (https://www.sqlite.org/rescode.html).
    private static let shortIndex = SQLITE_IOERR | (19 << 8)

    private static func sqlite(_ code: Int32, text: String, attempt: String, cause: (any Error)?) -> StoreError {
        let (kind, advice): (Code, String) =
            switch code & 0xFF {
            case SQLITE_FULL,
                SQLITE_IOERR where code == shortIndex:
                // Only a full disk keeps the small index of the log from growing.
                (.full, "there is no room left on the disk; free some and try again")
            case SQLITE_BUSY, SQLITE_LOCKED:
                (.busy, "another process holds the file; try again, or find what holds it")
            case SQLITE_CORRUPT: (.corrupt, "the file is damaged; restore it from a backup, or recover it with sqlite3")
            case SQLITE_NOTADB: (.corrupt, "the file is not an SQLite database; name another file")
            case SQLITE_ERROR where text.hasPrefix("could not activate WAL"):
                (.unreachable, "the file system does not support SQLite's write-ahead log; name a file on a local disk")
            case SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH:
                // The statements are fixed and tested, so it is the tables that are not as they were made.
                (.corrupt, "the file's content is not as this program writes it; restore it from a backup")
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
                (.readOnly, "the file or its folder can't be written to; mend its permissions or name another file")
            case SQLITE_CANTOPEN:
                (.unreachable, "the file can't be opened; check that its folder exists and may be written to")
            case SQLITE_TOOBIG, SQLITE_MISUSE, SQLITE_RANGE:
                (.invalid, "a value is too large, or the call is wrong; send less at once")
            case SQLITE_IOERR: (.unreachable, "reading or writing the disk failed; check the disk")
            default: (.unreachable, "see the message of SQLite")
            }
        return StoreError(kind, "could not \(attempt): \(text) (SQLite \(code)); \(advice)", cause: cause)
    }
}
