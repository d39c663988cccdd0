internal import NIOCore

/// The bytes of commands that are sent together: small ones are copied into one buffer, large ones stay as they are.
struct WriteBatch {
    /// Bytes from which a command isn't copied.
    private static let copiedSize = 16 * 1024

    /// Whole buffers that come before `tail`.
    private(set) var buffers: [ByteBuffer] = []
    /// The copied commands after the last buffer.
    private(set) var tail = ByteBuffer()
    /// Commands added since the last `clear`.
    private(set) var count = 0

    /// Adds a command behind those there are.
    mutating func add(_ command: RedisCommand) {
        count += 1
        RESPWriter.writeHead(count: command.count, to: &tail)
        if command.body.readableBytes <= Self.copiedSize {
            tail.writeImmutableBuffer(command.body)
        } else {
            buffers.append(tail)
            buffers.append(command.body)
            tail = ByteBuffer()
        }
    }

    /// Forgets all commands and keeps the memory of the tail for the next ones, unless it grew large.
    mutating func clear() {
        buffers.removeAll()
        count = 0
        if tail.storageCapacity > 256 * 1024 {
            tail = ByteBuffer()
        } else {
            tail.clear()
        }
    }
}
