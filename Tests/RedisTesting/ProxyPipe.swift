import NIOCore

/// One direction of a ``ProxyLink``: bytes wait here until they are due, in the order in which they came.
final class ProxyPipe {
    private enum Item {
        case bytes(ByteBuffer)
        /// Nothing comes any more.
        case end
    }

    /// Where the bytes go; nil until there is a connection.
    var target: (any Channel)?
    weak var link: ProxyLink?
    private let direction: FaultProxy.Direction
    private let traffic: ProxyTraffic
    private var waiting = CircularBuffer<(due: NIODeadline, item: Item)>()
    private var alarm: Scheduled<Void>?
    /// After how many bytes the link is cut.
    private var allowance: Int?
    private var isStopped = false

    init(_ direction: FaultProxy.Direction, _ traffic: ProxyTraffic) {
        self.direction = direction
        self.traffic = traffic
    }

    /// Cuts the link after so many further bytes.
    func cut(after bytes: Int) { allowance = bytes }

    /// Takes bytes that came in; ``pump()`` sends them on.
    func receive(_ bytes: ByteBuffer) {
        traffic.received(bytes.readableBytes, direction)
        waiting.append((due, .bytes(bytes)))
    }

    /// Nothing comes any more: the target is closed when it has got what waits.
    func finish() {
        waiting.append((due, .end))
        pump()
    }

    /// Forgets what waits.
    func stop() {
        isStopped = true
        waiting.removeAll()
        alarm?.cancel()
        alarm = nil
    }

    /// Sends on what is due, in one flush, and comes back when more is.
    func pump() {
        guard let target, !traffic.isFrozen, !isStopped else { return }
        let now = NIODeadline.now()
        var hasWritten = false
        while let first = waiting.first, first.due <= now {
            waiting.removeFirst()
            switch first.item {
            case .bytes(let bytes):
                hasWritten = true
                if write(bytes, to: target) { continue }
                // An empty write is done when all before it is.
                link?.cut(after: target.writeAndFlush(ByteBuffer()))
                return
            case .end:
                target.flush()
                target.close(promise: nil)
                return
            }
        }
        if hasWritten { target.flush() }
        schedule()
    }

    private var due: NIODeadline { .now() + (traffic.delays[direction] ?? .zero) }

    /// Writes bytes as far as they are allowed; false when the link is to be cut.
    private func write(_ bytes: ByteBuffer, to target: any Channel) -> Bool {
        var bytes = bytes
        guard let allowed = allowance else {
            traffic.forwarded(bytes.readableBytes, direction)
            target.write(bytes, promise: nil)
            return true
        }
        let count = min(allowed, bytes.readableBytes)
        if count > 0, let part = bytes.readSlice(length: count) {
            traffic.forwarded(count, direction)
            target.write(part, promise: nil)
        }
        allowance = allowed - count
        return allowed > count
    }

    private func schedule() {
        guard alarm == nil, let first = waiting.first else { return }
        alarm = traffic.loop.assumeIsolated().scheduleTask(deadline: first.due) { [weak self] in
            self?.alarm = nil
            self?.pump()
        }
    }
}
