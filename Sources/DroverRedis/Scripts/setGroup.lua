-- Changes a setting of a group, or of all groups that have none of their own (docs/store-contract.md, groups).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), the group or empty for all, `weight` `concurrency` or `paused` and its value or empty for none, or `rate`,
--       jobs and ms. Reply: 1. O(1); of all groups O(groups that rest).
--#include keys keys-more time base groups marks places
local name, kind, value = ARGV[2], ARGV[3], ARGV[4]
local queue = groupsAt(base)
call('EXISTS', metaKey, markerKey, waitKey, prioritizedKey, delayedKey, KEYS[2], queue.names, queue.turns, queue.resting)
local paused
paused, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'opts.maxLenEvents'))
local group = name ~= '' and readGroup(queue, name)
if not keptEvents then
    call('SCARD', KEYS[2])
    -- What a queue that has begun always has.
    call('HSET', metaKey, 'opts.maxLenEvents', '10000')
end
local target = group and group.rule or queue.turns
local function set(field, text)
    if text == '' then call('HDEL', target, field) else call('HSET', target, field, text) end
end
if kind == 'rate' then
    local max, per = unpack(call('HMGET', target, 'max', 'per'))
    if group and ((max or '') ~= value or (per or '') ~= ARGV[5]) then call('DEL', group.rate) end
    set('max', value)
    set('per', ARGV[5])
else
    set(kind, value)
end
-- It holds for a job that another client puts elsewhere, too. Taken back, it may have been the last.
call('HSET', metaKey, 'drover:groups', '1')
if group then
    call('ZADD', queue.names, '0', name)
    call('ZREM', queue.resting, name)
    refreshGroup(queue, group)
else
    clockOf(queue)
    unmark(queue)
    for _, entry in ipairs(call('ZRANGE', queue.resting, 0, -1)) do call('ZADD', queue.resting, nowText, entry) end
end
if not keptEvents then call('SADD', KEYS[2], base) end
if not paused then
    if call('EXISTS', waitKey, prioritizedKey, ringKey, queue.resting) > 0 then
        call('ZADD', markerKey, '0', '0')
    else
        hasDelayed = true
        mark()
    end
end
return 1
