-- Changes a setting of a queue: pauses or resumes it, bounds it, holds it, or lets nobody hold a deduplication id
-- (docs/store-contract.md, configure; PROTOCOL 10.4, 13.1, 16).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), then `pause`; `resume`; `maxLength` or `concurrency` and the number or empty for none; `rate`, and the number
--       of jobs or empty for none, the span in ms and the span again for a sliding window; `hold` and ms or empty; `forgetDeduplication` and
--       the id; or `forgetResult` and the key under which the result is.
-- Reply: to the last two how many there were; else how many jobs of BullMQ 5's list of paused ones are still to be brought
--        over: call again until 0.
--#include keys keys-more time base marks places
local queuesKey = KEYS[2]
-- The result that is kept under a key.
if ARGV[2] == 'forgetResult' then
    local ends = tonumber(string.match(call('GET', ARGV[3]) or '', '^%d+\n(%d+)\n'))
    return call('DEL', ARGV[3]) == 1 and ends and ends > now and 1 or 0
end
if ARGV[2] == 'forgetDeduplication' then
    local holder = deduplicationKeys(ARGV[3])
    return call('GET', holder) and call('DEL', holder) or 0
end
call('EXISTS', waitKey, markerKey, eventsKey, pausedKey, queuesKey, limiterKey, slicesKey)
keptEvents = call('HGET', metaKey, 'opts.maxLenEvents')
local isNew = not keptEvents
-- Behind all that can fail.
local function register() if isNew then call('SADD', queuesKey, base) end end
if ARGV[2] == 'pause' then
    emit('paused')
    call('HSET', metaKey, 'paused', '1')
    call('DEL', markerKey)
    register()
    return 0
end
if ARGV[2] ~= 'resume' then
    local kind, value = ARGV[2], ARGV[3]
    if isNew then
        call('SCARD', queuesKey)
        -- What a queue that has begun always has.
        call('HSET', metaKey, 'opts.maxLenEvents', '10000')
    end
    local function set(field, text)
        if text == '' then call('HDEL', metaKey, field) else call('HSET', metaKey, field, text) end
    end
    if kind == 'maxLength' then
        set('drover:maxLength', value)
    elseif kind == 'concurrency' then
        set('concurrency', value)
    elseif kind == 'rate' then
        local max, duration, sliding = unpack(call('HMGET', metaKey, 'max', 'duration', 'drover:sliding'))
        if (max or '') ~= value or (duration or '') ~= ARGV[4] or (sliding or '') ~= ARGV[5] then
            -- A counter that no rate reaches holds the queue for BullMQ's workers, and goes on.
            if (tonumber(call('GET', limiterKey)) or 0) < 9007199254740991 then call('DEL', limiterKey) end
            call('DEL', slicesKey)
            set('max', value)
            set('duration', ARGV[4])
            set('drover:sliding', ARGV[5])
        end
    else
        call('DEL', limiterKey)
        set('drover:heldUntil', value ~= '' and integer(now + tonumber(value)) or '')
        if value ~= '' then call('SET', limiterKey, '9007199254740991', 'PX', value) end
    end
    register()
    -- Who waits may find more now.
    if kind ~= 'maxLength' and call('HEXISTS', metaKey, 'paused') == 0 then
        if call('EXISTS', waitKey, prioritizedKey, ringKey, restingKey) > 0 then
            call('ZADD', markerKey, '0', '0')
        else
            hasDelayed = true
            mark()
        end
    end
    return 0
end
local isFirst = call('HDEL', metaKey, 'paused') == 1 or call('EXISTS', pausedKey) == 0
local legacy = call('LRANGE', pausedKey, 0, 6999)
if #legacy > 0 then
    callAll('RPUSH', waitKey, legacy)
    call('LTRIM', pausedKey, 7000, -1)
end
if call('EXISTS', waitKey, prioritizedKey, ringKey, restingKey) > 0 then
    call('ZADD', markerKey, '0', '0')
else
    hasDelayed = true
    mark()
end
if isFirst then emit('resumed') end
register()
return call('LLEN', pausedKey)
