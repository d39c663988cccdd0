// The conformances are as public as the types that they extend.
public import ArgumentParser
public import Drover
public import DroverCore
public import Logging

extension JobState: ExpressibleByArgument {}
extension JobSort: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
