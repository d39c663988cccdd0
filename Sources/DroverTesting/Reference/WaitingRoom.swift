import DroverCore

/// Those who wait for work, cancellations or events, and the signals that nobody has taken yet.
struct WaitingRoom: Sendable {
    /// What a caller waits for.
    enum Wish: Sendable {
        case work(WakeInterest)
        case events(QueueName)
    }

    /// Why a caller is called.
    enum Answer: Sendable {
        case wakeUp(WakeUp)
        case events
        case closed
    }

    var seats = Seats<Wish, Answer>()
    /// Signals that came when nobody interested was here.
    private var kept = WakeUp()

    /// Hands out the kept signals that a caller is interested in.
    mutating func takeKept(_ interest: WakeInterest) -> WakeUp? {
        let wakeUp = WakeUp(
            work: kept.work.intersection(interest.work),
            cancellations: kept.cancellations.intersection(interest.cancellations))
        kept.work.subtract(wakeUp.work)
        kept.cancellations.subtract(wakeUp.cancellations)
        return wakeUp.isEmpty ? nil : wakeUp
    }

    /// Calls all whom a queue's signals concern, and keeps what concerns nobody here.
    mutating func deliver(_ signals: ReferenceQueue.Signals, of queue: QueueName) {
        let news = signals.work || signals.due
        guard news || signals.leftover || signals.cancellation || signals.event else { return }
        var unheard = WakeUp(
            work: news ? [queue] : [], cancellations: signals.cancellation ? [queue] : [])
        // What a full claim left behind is news only to those who wait now: the others ask by claiming.
        let work = news || signals.leftover
        seats.call { wish in
            switch wish {
            case .events(let name):
                return signals.event && name == queue ? .events : nil
            case .work(let interest):
                let wakeUp = WakeUp(
                    work: work && interest.work.contains(queue) ? [queue] : [],
                    cancellations: signals.cancellation && interest.cancellations.contains(queue) ? [queue] : [])
                unheard.work.subtract(wakeUp.work)
                unheard.cancellations.subtract(wakeUp.cancellations)
                return wakeUp.isEmpty ? nil : .wakeUp(wakeUp)
            }
        }
        kept.work.formUnion(unheard.work)
        kept.cancellations.formUnion(unheard.cancellations)
    }
}
