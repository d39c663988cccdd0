import Foundation
import SystemPackage

extension FileHandle {
    /// Hands on what comes in, as it comes, until the end. It blocks its thread.
    ///
    /// Not `availableData`, which ends the process when a signal interrupts its call.
    package func forEachChunk(_ body: (ArraySlice<UInt8>) -> Void) {
        let descriptor = FileDescriptor(rawValue: fileDescriptor)
        var buffer = [UInt8](repeating: 0, count: 65536)
        // A pipe that can't be read has ended.
        while let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }), count > 0 {
            body(buffer[..<count])
        }
    }
}
