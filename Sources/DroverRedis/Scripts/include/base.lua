-- What every writing script begins with: the server's time, integers as text, events.
-- ARGV[1] is empty; a test may give the time in milliseconds, and the events then have it too.
local now, eventID = tonumber(ARGV[1]), '*'
if now then
    eventID = ARGV[1] .. '-*'
else
    local time = call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Numbers never reach a command unformatted: some servers would write large ones with an exponent (PROTOCOL 6.3).
local format = string.format
local function integer(number) return format('%d', number) end
local nowText = integer(now)

-- A command with many arguments, in portions that fit Lua's stack. For commands whose answer is not needed.
local function callAll(command, key, list)
    for first = 1, #list, 4000 do
        call(command, key, unpack(list, first, math.min(first + 3999, #list)))
    end
end

-- The stream's length, once a script has read it; false where the queue has none yet (PROTOCOL 8.2).
local keptEvents, hasTrimmed

-- Adds an event; the first of a script trims the stream.
local function emit(name, ...)
    if hasTrimmed then
        call('XADD', eventsKey, eventID, 'event', name, ...)
        return
    end
    hasTrimmed = true
    if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
    if not keptEvents then
        keptEvents = '10000'
        call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
    end
    call('XADD', eventsKey, 'MAXLEN', '~', keptEvents, eventID, 'event', name, ...)
end
