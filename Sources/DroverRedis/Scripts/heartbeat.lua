-- Keeps what a worker says of itself, and forgets workers that have been silent for too long (docs/store-contract.md,
-- heartbeat). A queue that other clients made becomes known to Drover by it.
--
-- KEYS: KeySpace.queueKeys, then the hash of workers.
-- ARGV: time (tests), worker, for how many ms it counts, queue, host, process, concurrency, running.
-- Reply: nothing. O(workers).
--#include keys base
local workersKey, id = KEYS[23], ARGV[2]
local all = call('HGETALL', workersKey)
local startedAt = nowText
for index = 1, #all, 2 do
    local report = cjson.decode(all[index + 1])
    if tonumber(report[2]) + tonumber(report[3]) <= now then
        call('HDEL', workersKey, all[index])
    elseif all[index] == id then
        startedAt = report[1]
    end
end
if tonumber(ARGV[3]) <= 0 then
    call('HDEL', workersKey, id)
else
    local report = { startedAt, nowText, ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8] }
    call('HSET', workersKey, id, cjson.encode(report))
end
if call('EXISTS', metaKey) == 1 then call('SADD', queuesKey, base) end
