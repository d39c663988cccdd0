import DroverCore

/// Values that are refused are told by Drover's own error; the parser's error of the same name is written in full.
typealias ValidationError = DroverCore.ValidationError
