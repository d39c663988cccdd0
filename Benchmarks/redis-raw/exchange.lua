-- What working jobs in BullMQ's layout takes at least when it is done plainly: the commands of PROTOCOL 9.9, 9.10 and
-- 11.3 for the oldest active jobs and as many waiting ones, job by job, many jobs in one call, without checks, parents,
-- retention, metrics or memory of what was said. What `drover bench --scenario process` is held against.
--
-- KEYS: base of the queue, wait, active, completed, events, marker. ARGV: how many, how long a lock lasts in ms.
-- Reply: the claimed jobs' hashes.
local base, waitKey, activeKey, completedKey, eventsKey, markerKey = unpack(KEYS)
local call, count = redis.call, tonumber(ARGV[1])
local time = call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
call('XTRIM', eventsKey, 'MAXLEN', '~', 10000)

for _ = 1, count do
    local id = call('RPOP', activeKey)
    if not id then break end
    local job = base .. id
    call('DEL', job .. ':lock')
    call('ZADD', completedKey, now, id)
    call('HINCRBY', job, 'atm', 1)
    call('HSET', job, 'returnvalue', 'null', 'finishedOn', now)
    call('XADD', eventsKey, '*', 'event', 'completed', 'jobId', id, 'returnvalue', 'null', 'prev', 'active')
end

local answer = {}
for index = 1, count do
    local id = call('RPOPLPUSH', waitKey, activeKey)
    if not id then break end
    local job = base .. id
    call('SET', job .. ':lock', 'raw', 'PX', ARGV[2])
    call('XADD', eventsKey, '*', 'event', 'active', 'jobId', id, 'prev', 'waiting')
    call('HSET', job, 'processedOn', now, 'pb', 'raw')
    call('HINCRBY', job, 'ats', 1)
    answer[index] = call('HGETALL', job)
end
if #answer > 0 then call('ZADD', markerKey, 0, '0') end
return answer
