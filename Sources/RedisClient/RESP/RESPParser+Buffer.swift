internal import NIOCore

extension RESPParser {
    /// Bytes up to which the parser keeps its buffer for the next piece instead of making a new one.
    private static let reusedCapacity = 4096

    /// The bytes of storage that the parser holds on to, values given out not counted.
    var retainedBytes: Int {
        buffer.storageCapacity
    }

    /// Adds what arrived to the bytes that no value has used yet.
    ///
    /// A piece that fills its storage well is taken as it is; one that doesn't is copied, so that a short value never
    /// keeps a large buffer alive. Every byte is copied a constant number of times at most: storage that values
    /// share is left to them, and a buffer of the parser's own doubles as it grows.
    mutating func append(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        guard count > 0, failure == nil else { return }
        let unread = buffer.readableBytes
        if unread == 0 {
            if bytes.storageCapacity <= 2 * count {
                buffer = bytes
                isOwn = false
                isShared = true
            } else if isOwn, buffer.storageCapacity <= max(Self.reusedCapacity, 2 * count) {
                // Values that share the storage make this a new one, of the size of this piece.
                buffer.clear(minimumCapacity: count)
                buffer.writeImmutableBuffer(bytes)
                isShared = false
            } else {
                replaceBuffer(capacity: count, then: bytes)
            }
        } else if isOwn, !isShared, buffer.readerIndex <= max(Self.reusedCapacity, unread) {
            buffer.writeImmutableBuffer(bytes)
        } else {
            replaceBuffer(capacity: unread + count, then: bytes)
        }
    }

    /// Moves the unread bytes to a buffer of their own and adds a piece.
    private mutating func replaceBuffer(capacity: Int, then bytes: ByteBuffer) {
        var fresh = ByteBufferAllocator().buffer(capacity: capacity)
        fresh.writeImmutableBuffer(buffer)
        fresh.writeImmutableBuffer(bytes)
        buffer = fresh
        isOwn = true
        isShared = false
    }
}
