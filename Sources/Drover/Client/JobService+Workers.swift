public import DroverCore

extension JobService {
    /// Changes how many jobs of a queue run at once in this process, before or while the service runs. Jobs that run
    /// beyond a smaller number go on.
    ///
    /// - Parameters:
    ///   - concurrency: how many; at least 1, smaller numbers are taken as that.
    ///   - queue: whose worker.
    /// - Throws: ``DroverError`` with the code `notFound` when the service has no worker of the queue.
    public func setConcurrency(_ concurrency: Int, of queue: QueueName) throws(DroverError) {
        try change(queue) {
            $0.concurrency = concurrency
        } running: {
            $0.resize(to: concurrency)
        }
    }

    /// Lets this process claim no more jobs of a queue, until ``resumeWorker(of:)``. Jobs that run go on, and other
    /// processes are not touched; a setting of the queue itself pauses them all.
    ///
    /// - Throws: ``DroverError`` with the code `notFound` when the service has no worker of the queue.
    public func pauseWorker(of queue: QueueName) throws(DroverError) {
        try change(queue) {
            $0.isHeld = true
        } running: {
            $0.hold(true)
        }
    }

    /// Lets this process claim jobs of a queue again.
    ///
    /// - Throws: ``DroverError`` with the code `notFound` when the service has no worker of the queue.
    public func resumeWorker(of queue: QueueName) throws(DroverError) {
        try change(queue) {
            $0.isHeld = false
        } running: {
            $0.hold(false)
        }
    }
}
