-- The least that adding jobs in BullMQ's layout takes: so many jobs at once, without any check. What `drover bench
-- --scenario add-bulk` is held against; the jobs' texts are in the script, since redis-benchmark sends the same call
-- again and again.
--
-- KEYS: base of the queue, id, wait, marker, events. ARGV: how many. Reply: nothing.
local base, idKey, waitKey, markerKey, eventsKey = unpack(KEYS)
local call, count = redis.call, tonumber(ARGV[1])
local time = call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local last = call('INCRBY', idKey, count)
call('XTRIM', eventsKey, 'MAXLEN', '~', 10000)
local ids = {}
for number = last - count + 1, last do
    local id = string.format('%.0f', number)
    call('HSET', base .. id, 'name', 'noop', 'data', '{"n":1}', 'opts', '{"attempts":1}', 'timestamp', now, 'delay', '0',
        'priority', '0')
    call('XADD', eventsKey, '*', 'event', 'added', 'jobId', id, 'name', 'noop')
    call('XADD', eventsKey, '*', 'event', 'waiting', 'jobId', id)
    ids[#ids + 1] = id
end
call('LPUSH', waitKey, unpack(ids))
call('ZADD', markerKey, 0, '0')
