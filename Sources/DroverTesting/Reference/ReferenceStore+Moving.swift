public import DroverCore

extension ReferenceStore {
    /// Reads whole jobs or schedules.
    public func movePage(_ query: MoveQuery, page: Page) async throws(StoreError) -> MovePage {
        try withState { state, _ throws(StoreError) in try state.queue(query.queue).movePage(query.part, page) }
    }

    /// Does one step of a move.
    public func move(_ step: MoveStep) async throws(StoreError) -> MoveReply {
        try withState { state, _ throws(StoreError) in
            try state.change(step.queue) { reply in
                if case .done = reply { true } else { false }
            } _: { queue throws(StoreError) in
                queue.move(step)
            }
        }
    }
}
