package import DroverCore

/// Makes a job's payload from the result of the job before it, as its options say (`JobOptions.inputs`).
package enum InputMapping {
    /// Why a payload can't be made. It names paths, and holds nothing of payloads or results.
    struct Problem: Error, Hashable {
        var reason: String
    }

    /// The name under which the result of the job before stands in the paths of inputs.
    static let source = "result"

    /// The payload with its inputs, in the order of their paths' bytes. All that is not replaced stays as it is, byte for byte.
    static func apply(
        _ inputs: [String: String], to payload: JSONText, result: JSONText
    ) throws(Problem) -> JSONText {
        let source = JSONEdit(result)
        var edit = JSONEdit(payload)
        for (target, path) in inputs.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            do {
                let steps = try way(path)
                guard let value = try source.value(at: steps) else {
                    throw Problem(
                        reason: "\(name(target)) can't be made: the job before has no \(ValidationError.quote(path))")
                }
                if try !edit.set(value, at: InputPath(target).steps) {
                    throw Problem(reason: "\(name(target)) can't be made: the payload has no place for it")
                }
            } catch let problem as Problem {
                throw problem
            } catch let problem as ValidationError {
                throw Problem(reason: "\(name(target)) can't be made: \(problem.problem)")
            } catch {
                throw Problem(reason: "\(name(target)) can't be made: the payload or the result is no JSON")
            }
        }
        return edit.text
    }

    /// What is wrong with inputs, or nil.
    package static func problem(of inputs: [String: String]) -> ValidationError? {
        do throws(ValidationError) {
            for (target, path) in inputs.sorted(by: { $0.key < $1.key }) {
                _ = try InputPath(target)
                _ = try way(path)
            }
            return nil
        } catch { return error }
    }

    /// The way of a source into the result.
    private static func way(_ path: String) throws(ValidationError) -> [JSONPath.Step] {
        let steps = try InputPath(path).steps
        guard steps.first == .member(source) else {
            throw ValidationError(
                "inputs",
                "the path \(ValidationError.quote(path)) does not begin with result; write it as result or result.body")
        }
        return Array(steps.dropFirst())
    }

    private static func name(_ target: String) -> String { "the input \(ValidationError.quote(target))" }
}
