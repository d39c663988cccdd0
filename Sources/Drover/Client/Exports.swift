// Programs name queues, options and records beside the service: one import gives both.
@_exported public import DroverCore
