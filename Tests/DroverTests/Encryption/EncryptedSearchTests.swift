import DroverTesting
import Testing

@testable import Drover

/// What a search sees of payloads of which some is encrypted.
@Suite struct EncryptedSearchTests {
    @Test("what is encrypted is not found, and what is in plain beside it is")
    func partlySealed() async throws {
        let store = ReferenceStore()
        let service = makeService(store, PayloadEncryption(try .canaries(1)))
        let payment = Payment(amount: 12, card: Payment.Card(number: "4111", expires: "2030-01"))
        try await service.add(payment)
        #expect(try await service.count(JobFilter("payload.card.number = '4111'")).matched == 0)
        #expect(try await service.count(JobFilter("payload ~ '4111' or payload.card.number ~ '4111'")).matched == 0)
        #expect(
            try await service.count(JobFilter("payload.amount = 12 and payload.card.expires < '2031'")).matched == 1)
    }
}
