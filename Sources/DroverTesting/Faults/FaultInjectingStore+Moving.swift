public import DroverCore

extension FaultInjectingStore {
    /// Reads whole jobs or schedules.
    public func movePage(_ query: MoveQuery, page: Page) async throws(StoreError) -> MovePage {
        try await perform(.movePage) { () async throws(StoreError) in
            try await base.movePage(query, page: page)
        }
    }

    /// Does one step of a move.
    public func move(_ step: MoveStep) async throws(StoreError) -> MoveReply {
        try await perform(.move) { () async throws(StoreError) in
            try await base.move(step)
        }
    }
}
