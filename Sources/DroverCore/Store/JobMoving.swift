/// Taking the jobs of a queue from one store to another, while producers go on adding and processes may die at any moment.
///
/// A mover reads a page at the source, has it stored at the target, then removed at the source; each of the two steps is one unit
/// with a numbered checkpoint, so that a mover that takes over from one that died knows which of them was done. Two movers can't
/// both go on: a step is done only where the checkpoint is the one that it expects.
public protocol JobMoving: Sendable {
    /// Reads whole jobs or schedules of a queue, and how far a move has come. Changes nothing.
    ///
    /// The page is in ascending order, whatever it asks for, and bounded in bytes as well.
    func movePage(_ query: MoveQuery, page: Page) async throws(StoreError) -> MovePage

    /// Does one step of a move, whole or not at all (rule 1). Begins the queue where there is none.
    ///
    /// Jobs and schedules are stored as they are, behind those that are there; those that are there already stay as they are.
    func move(_ step: MoveStep) async throws(StoreError) -> MoveReply
}
