-- Takes a schedule from one slot to the next (docs/store-contract.md, fire; PROTOCOL 15.5).
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), id, the slot whose job was claimed, the next slot or empty for none, when its job is due or empty.
-- Reply: a word and an id: `fired`, `ended`, `stale`, `duplicate`, `notFound`. O(log jobs).
--#include keys keys-more time base groups marks places parents removal state entering iterations
local id, hash = ARGV[2], schedulerKey(ARGV[2])
call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, markerKey, eventsKey, idKey, repeatKey, hash)
local slot = tonumber(call('ZSCORE', repeatKey, id))
if not slot then return { call('ZSCORE', pausedSchedulersKey, id) and 'stale' or 'notFound', '' } end
local fields = fieldsOf(hash)
-- Repeatable jobs of BullMQ 5 lie under the same key, and nobody continues them (PROTOCOL 20.3).
if not fields.ic then return { 'notFound', '' } end
if slot ~= tonumber(ARGV[3]) or tonumber(fields.ended) == slot then return { 'stale', '' } end
local next = tonumber(ARGV[4])
if not next then
    call('HSET', hash, 'ended', integer(slot))
    return { 'ended', '' }
end
local nextID = iterationID(id, next)
local paused, concurrency
paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
if call('EXISTS', base .. nextID) == 1 then
    emit('duplicated', 'jobId', nextID)
    return { 'duplicate', nextID }
end
-- The number of the next job is one more than that of the claimed one, or of all where that is gone.
local rule = decode(call('HGET', base .. iterationID(id, slot), 'opts') or '')['repeat']
local count = type(rule) == 'table' and tonumber(rule.count) or tonumber(fields.ic) or 0
call('ZADD', repeatKey, integer(next), id)
call('HINCRBY', hash, 'ic', '1')
addIteration(id, next, tonumber(ARGV[5]) or next, count + 1, fields)
mark(paused, concurrency)
return { 'fired', nextID }
