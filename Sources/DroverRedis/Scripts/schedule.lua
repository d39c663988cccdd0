-- Stores a schedule with the job of its first slot (docs/store-contract.md, put; PROTOCOL 15.4).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), id, first slot of a pattern or empty, when its job is due or empty, then fields of its hash and
--       their values in turn, `offset` left out where none is given.
-- Reply: a word and a slot: `stored`; `paused` (it is, and makes no job); `taken` (a job for this slot exists, nothing was
-- stored); `end` (no slot before its end, nothing was stored).
-- O(log jobs); O(waiting) where the pending job is among them.
--#include keys keys-more time base groups marks places parents removal state entering iterations
local id = ARGV[2]
local fields = {}
for index = 5, #ARGV, 2 do fields[ARGV[index]] = ARGV[index + 1] end
call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, markerKey, eventsKey, idKey, repeatKey, schedulerKey(id),
    pausedSchedulersKey, pausedSchedulerKey(id), KEYS[2])
local paused, concurrency
paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
local isNew = not keptEvents

local hash = schedulerKey(id)
local previous = tonumber(call('ZSCORE', repeatKey, id))
local isPaused = false
if not previous then
    previous = tonumber(call('ZSCORE', pausedSchedulersKey, id))
    if previous then isPaused, hash = true, pausedSchedulerKey(id) end
end
local old = previous and fieldsOf(hash) or {}
local pending, state
if previous then pending, state = unclaimed(id, previous) end

local every, slot = tonumber(fields.every), tonumber(ARGV[3])
if every then
    local isSame, offset = tonumber(old.every) == every
    slot, offset = nextSlot(isSame and previous, every, tonumber(fields.offset) or 0, tonumber(fields.startDate))
    if isSame and pending then
        slot = previous
        fields.offset = fields.offset or old.offset
    else
        fields.offset = integer(offset)
    end
else
    -- BullMQ's clients give patterns one too, which means nothing.
    fields.offset = pending and old.offset or '0'
end
local function isTaken()
    local other = iterationID(id, slot)
    return other ~= pending and call('EXISTS', base .. other) == 1
end
local steps = 0
while isTaken() do
    if not every or steps == 32 then return { 'taken', integer(slot) } end
    slot, steps = slot + every, steps + 1
end
if fields.endDate and slot > tonumber(fields.endDate) then return { 'end', integer(slot) } end

-- A job that waits when its schedule is paused still runs.
if pending and not isPaused then
    takeOut(pending, state)
    deleteJob(pending, true)
end
fields.ic = old.ic or '1'
call('DEL', hash)
for field, value in pairs(fields) do call('HSET', hash, field, value) end
if isPaused then
    call('ZADD', pausedSchedulersKey, integer(slot), id)
    return { 'paused', integer(slot) }
end
call('ZADD', repeatKey, integer(slot), id)
addIteration(id, slot, tonumber(ARGV[4]) or slot, 1, fields)
mark(paused, concurrency)
if isNew then call('SADD', KEYS[2], base) end
return { 'stored', integer(slot) }
