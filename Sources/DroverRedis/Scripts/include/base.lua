-- What every writing script on a queue begins with, behind the time: commands with many arguments, events.
-- Events have the time that a test gives.
local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'

-- A command with many arguments, in portions that fit Lua's stack. For commands whose answer is not needed.
local function callAll(command, key, list)
    for first = 1, #list, 4000 do
        call(command, key, unpack(list, first, math.min(first + 3999, #list)))
    end
end

-- The stream's length, once a script has read it; false where the queue has none yet (PROTOCOL 8.2).
local keptEvents, hasTrimmed

-- Adds an event; the first of a script trims the stream. The stream is written first: where something else lies under its
-- key nothing is.
local function emit(name, ...)
    if hasTrimmed then
        call('XADD', eventsKey, eventID, 'event', name, ...)
        return
    end
    hasTrimmed = true
    if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
    call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
    if not keptEvents then
        keptEvents = '10000'
        call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
    end
end
