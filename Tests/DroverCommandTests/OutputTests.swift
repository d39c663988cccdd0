import DroverTesting
import Foundation
import Testing

@testable import DroverCommand

@Suite struct OutputTests {
    /// The two ends of a pipe, of which the writing one does not block.
    private static func pipe() throws -> (read: FileHandle, write: FileHandle) {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        try #require(fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0)
        return (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    }

    @Test("a descriptor that does not block gets every byte, however slow its reader is")
    func slowReader() async throws {
        let (read, write) = try Self.pipe()
        let text = String(repeating: "0123456789", count: 200_000)
        let writer = DescriptorWriter(write.fileDescriptor)
        let got = Probe<Data?>("what was read")
        // Threads of their own: both block.
        Thread.detachNewThread { got.signal(try? read.readToEnd()) }
        let written = Probe<String?>("the writer's failure")
        Thread.detachNewThread {
            writer.write(text)
            written.signal(writer.failure)
            // Without it the reader would wait for more.
            try? write.close()
        }
        #expect(try await written.wait() == [nil])
        #expect(try await got.wait() == [Data(text.utf8)])
    }

    @Test("a reader that has gone is no failure")
    func goneReader() throws {
        ProcessGroup.ignoreBrokenPipes()
        let (read, write) = try Self.pipe()
        try read.close()
        let writer = DescriptorWriter(write.fileDescriptor)
        writer.write("nobody reads this")
        #expect(writer.failure == nil)
    }

    @Test("a disk that is full is a failure, in the system's words")
    func full() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let writer = DescriptorWriter(full.fileDescriptor)
        writer.write("x")
        #expect(writer.failure == POSIX.words(ENOSPC))
    }
}
