import Drover
import DroverCore

extension CommandFailure {
    /// The one place where errors of all kinds become an exit status and a message.
    init(mapping error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ValidationError: self = .usage(error.description)
        case let error as StoreError: self.init(error)
        case let error as DroverError: self.init(error)
        case let error as AllowanceSpent: self.init(error)
        case is CancellationError: self.init(.failed, "it was interrupted")
        default: self.init(.failed, String(describing: error))
        }
    }

    /// All trouble with the store itself is one status: a script then looks at the store, not at its arguments.
    private init(_ error: StoreError) {
        self.init(error.code == .invalid ? .usage : .storeUnreachable, error.message)
    }

    private init(_ error: AllowanceSpent) {
        self.init(
            .failed, "the allowance \(ValidationError.quote(error.key)) has too little left",
            advice: error.freeIn.map { "there is enough in \($0.roundedText)" }
                ?? "give something of it back: see drover allowance refund and drover allowance reset")
    }

    private init(_ error: DroverError) {
        if let cause = error.cause as? StoreError {
            self.init(cause)
            return
        }
        switch error.code {
        case .notFound: self.init(.notFound, error.message)
        case .refused, .payloadTooLarge: self.init(.usage, error.message)
        default: self.init(.failed, error.message)
        }
    }
}
