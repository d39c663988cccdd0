-- Does one thing to one schedule (docs/store-contract.md, commands of schedules; PROTOCOL 15.7).
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), id, command, the first slot for a pattern that is resumed or empty.
-- Reply: `done`, `notFound`, or `slot` when a pattern came without its slot. O(log jobs).
--#include keys keys-more time base groups marks places parents removal state entering iterations
local id, command = ARGV[2], ARGV[3]
call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, markerKey, eventsKey, idKey, repeatKey, schedulerKey(id),
    pausedSchedulersKey, pausedSchedulerKey(id))
local paused, concurrency
paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
local slot, pausedSlot = tonumber(call('ZSCORE', repeatKey, id)), tonumber(call('ZSCORE', pausedSchedulersKey, id))
if not slot and not pausedSlot then return 'notFound' end

if command == 'remove' then
    takeAwayDelayed(id, slot or pausedSlot)
    call('ZREM', repeatKey, id)
    call('ZREM', pausedSchedulersKey, id)
    call('DEL', schedulerKey(id), pausedSchedulerKey(id))
elseif command == 'pause' then
    if slot then
        takeAwayDelayed(id, slot)
        call('ZREM', repeatKey, id)
        call('RENAME', schedulerKey(id), pausedSchedulerKey(id))
        call('ZADD', pausedSchedulersKey, integer(slot), id)
    end
elseif command == 'resume' then
    if not slot then
        local fields, from = fieldsOf(pausedSchedulerKey(id)), tonumber(ARGV[4])
        local every, hasEnded = tonumber(fields.every), tonumber(fields.ended) == pausedSlot
        if hasEnded then
            from = pausedSlot
        elseif every then
            from = nextSlot(pausedSlot, every, tonumber(fields.offset) or 0, tonumber(fields.startDate))
        elseif not from then
            return 'slot'
        end
        call('RENAME', pausedSchedulerKey(id), schedulerKey(id))
        call('ZREM', pausedSchedulersKey, id)
        call('ZADD', repeatKey, integer(from), id)
        -- A job of that slot that waited or ran on takes the schedule further.
        if not hasEnded and call('EXISTS', base .. iterationID(id, from)) == 0 then addIteration(id, from, from, 1, fields) end
    elseif pausedSlot then
        -- Another client has stored it anew meanwhile.
        call('ZREM', pausedSchedulersKey, id)
        call('DEL', pausedSchedulerKey(id))
    end
end
mark(paused, concurrency)
return 'done'
