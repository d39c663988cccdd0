-- Reads jobs whole, with their logs, and how far a move of the queue has come (docs/store-contract.md, movePage).
--
-- KEYS: the base of the queue's keys.
-- ARGV: `point` · `ids` and the ids · a state, a limit, a cursor, and a number of bytes behind which the page ends.
--       The cursor of a list is the number of entries before it; in a sorted set it is that of `walk`.
-- Reply: the checkpoint or empty, the last id that was generated, how many wait for children, how many lie in BullMQ 5's list
--       of paused ones, concurrency and rate of the queue or empty, the next cursor or empty at the end, then for each job:
--       id; state; score or empty; hash as a flat list; log; how many of the keys are there that a parent has; of the
--       deduplication id that it holds how long it still does so in ms, a negative number until its end, and 1 when a job
--       is kept until then, else an empty list.
-- O(limit + cursor).
--#include keys keys-more state walk record
local concurrency, rate = unpack(call('HMGET', metaKey, 'concurrency', 'max'))
local reply = {
    call('HGET', moveKey, 'body') or '', call('GET', idKey) or '0', call('ZCARD', childrenKey), call('LLEN', pausedKey),
    concurrency or '', rate or '', '',
}
local size, most = 0, math.huge
local function show(id, state, score)
    local job = base .. id
    local hash, log = hashOf(job), call('LRANGE', logKey(job), 0, -1)
    if #hash == 0 then return end
    for _, value in ipairs(hash) do size = size + #value end
    for _, line in ipairs(log) do size = size + #line end
    local deduplication, held = call('HGET', job, 'deid'), {}
    if deduplication then
        local holderKey, keptKey = deduplicationKeys(deduplication)
        if call('GET', holderKey) == id then held = { call('PTTL', holderKey), call('EXISTS', keptKey) } end
    end
    local entry = {
        id, state, score or '', hash, log,
        call('EXISTS', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful'), held,
    }
    for _, part in ipairs(entry) do reply[#reply + 1] = part end
end

if ARGV[1] == 'point' then return reply end
if ARGV[1] == 'ids' then
    for index = 2, #ARGV do
        if call('EXISTS', base .. ARGV[index]) == 1 then
            local state = stateOf(ARGV[index])
            local score = state ~= 'waiting' and state ~= 'active' and call('ZSCORE', keyOf[state], ARGV[index]) or ''
            show(ARGV[index], state, score)
        end
    end
    return reply
end

local state, limit, cursor = ARGV[1], tonumber(ARGV[2]), ARGV[3]
most = tonumber(ARGV[4])
local key = keyOf[state]
if state == 'waiting' or state == 'active' then
    local passed = tonumber(cursor) or 0
    local ids = fromRight(key, passed, limit)
    local shown = 0
    for _, id in ipairs(ids) do
        if size >= most then break end
        show(id, state)
        shown = shown + 1
    end
    if shown == limit or shown < #ids then reply[7] = string.format('%d', passed + shown) end
    return reply
end
local last, isCut = '', false
local scores = scoresOf[state] or { '-inf', '+inf' }
local visited = walk(key, true, cursor, scores[2], limit, function(id, score)
    isCut = isCut or size >= most
    if isCut then return end
    show(id, state, score)
    last = score .. '\t' .. id
end, scores[1])
if isCut or visited == limit then reply[7] = last end
return reply
