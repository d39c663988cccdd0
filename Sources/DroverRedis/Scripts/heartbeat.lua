-- Keeps what workers say of themselves, and forgets those that have been silent for too long (docs/store-contract.md,
-- heartbeat). A queue that other clients made becomes known to Drover by it.
--
-- KEYS: KeySpace.registry: the hash of workers, the set of queues, the set of those with jobs for which several wait, then for
-- each report the settings of its queue.
-- ARGV: time (tests), then for each report: worker, for how many ms it counts, queue, host, process, concurrency,
-- running, base of the queue.
-- Reply: 1 when there is a queue with jobs for which several wait, else 0. O(workers + reports); when a worker comes or goes it also looks at 1,000 queues.
local call, workersKey, queuesKey = redis.call, KEYS[1], KEYS[2]
--#include time gone
local started, isChange = {}, false
local all = call('HGETALL', workersKey)
for index = 1, #all, 2 do
    local report = cjson.decode(all[index + 1])
    if tonumber(report[2]) + tonumber(report[3]) <= now then
        call('HDEL', workersKey, all[index])
    else
        started[all[index]] = report[1]
    end
end
for index = 4, #KEYS do
    local first = 8 * index - 30
    local id, validFor = ARGV[first], ARGV[first + 1]
    if tonumber(validFor) <= 0 then
        started[id], isChange = nil, true
        -- A server whose memory is full takes away and adds nothing: who reports for no time learns that, too.
        call('HSET', workersKey, id, '')
        call('HDEL', workersKey, id)
    else
        if not started[id] then started[id], isChange = nowText, true end
        local report = { started[id], nowText, unpack(ARGV, first + 1, first + 6) }
        call('HSET', workersKey, id, cjson.encode(report))
    end
    if call('EXISTS', KEYS[index]) == 1 then call('SADD', queuesKey, ARGV[first + 7]) end
end

-- Queues that another client has removed are forgotten: a part of them at a time, from another place each time.
if isChange then
    local bases, gone = call('SMEMBERS', queuesKey), {}
    for index = 1, math.min(#bases, 1000) do
        local base = bases[(now + index) % #bases + 1]
        if isGone(base) then gone[#gone + 1] = base end
    end
    if #gone > 0 then call('SREM', queuesKey, unpack(gone)) end
end
return call('EXISTS', KEYS[3])
