public import DroverCore

/// What runs one attempt of a job and gives its result as JSON.
public typealias JobHandler = @Sendable (JobContext) async throws -> JSONText

/// Wraps every attempt of a worker, for example to measure or to report errors.
///
/// Middleware is listed in ``WorkerOptions/middleware``; the first of the list is the outermost. It may throw what a
/// handler may throw, with the same effect.
///
/// ```swift
/// struct Announce: JobMiddleware {
///     func run(_ context: JobContext, next: JobHandler) async throws -> JSONText {
///         context.logger.info("begins")
///         return try await next(context)
///     }
/// }
/// ```
public protocol JobMiddleware: Sendable {
    /// Runs one attempt by calling `next`, or ends it without.
    ///
    /// - Returns: the attempt's result, usually what `next` returned.
    func run(_ context: JobContext, next: JobHandler) async throws -> JSONText
}
