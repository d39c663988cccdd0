// The conformances are as public as the types that they extend.
public import ArgumentParser
public import DroverCore
public import Logging

extension JobState: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
