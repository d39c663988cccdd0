internal import NIOCore

/// The end of a connection's pipeline: parses what arrives and hands it to the driver, and writes what that sends.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Which attempt to connect it belongs to.
    let attempt: Int
    private let driver: ConnectionDriver
    private var parser = RESPParser()
    private var context: ChannelHandlerContext?
    private var lastError: (any Error)?

    init(attempt: Int, driver: ConnectionDriver) {
        self.attempt = attempt
        self.driver = driver
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        driver.channelOpened(self, context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(unwrapInboundIn(data))
        let now = NIODeadline.now()
        do throws(RESPParseError) {
            while driver.isCurrent(self), let value = try parser.next() {
                driver.received(value, now: now)
            }
            driver.receivedAll(now: now)
        } catch {
            driver.violated(self, error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        driver.channelClosed(self, cause: lastError)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The first one is the cause, those after it are consequences.
        if lastError == nil { lastError = error }
        context.close(promise: nil)
    }

    /// Writes all commands of a batch and flushes once.
    func write(_ batch: borrowing WriteBatch) {
        guard let context else { return }
        for buffer in batch.buffers {
            context.write(wrapOutboundOut(buffer), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(batch.tail), promise: nil)
    }

    /// Closes the connection.
    func close() {
        context?.close(promise: nil)
    }
}
