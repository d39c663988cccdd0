-- Adds an event to any queue, `queue.kept` being the length of its stream or false; the first of a script trims the stream, and
-- registers a queue that was never used (PROTOCOL 8.2). KEYS[#KEYS] is the set of queues.
local function tellIn(queue, name, ...)
    if queue.hasTrimmed then
        call('XADD', queue.events, eventID, 'event', name, ...)
        return
    end
    queue.hasTrimmed = true
    call('XADD', queue.events, 'MAXLEN', '~', queue.kept or '10000', eventID, 'event', name, ...)
    if not queue.kept then
        queue.kept = '10000'
        call('HSET', queue.meta, 'opts.maxLenEvents', queue.kept)
        call('SADD', KEYS[#KEYS], queue.base)
    end
end
