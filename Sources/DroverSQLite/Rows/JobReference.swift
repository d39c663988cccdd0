import DroverCore

/// How a job is found: by its number when its id was generated, else by the id that its producer chose.
enum JobReference {
    case generated(Int64)
    case own(String)

    init(_ id: JobID) {
        let digits = id.text.utf8
        let isCanonical =
            (1...18).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
            && digits.first != 0x30
        if isCanonical, let number = Int64(id.text) { self = .generated(number) } else { self = .own(id.text) }
    }
}
