-- Reads a part of the list of jobs in one state, with their hashes; ids whose hash is gone are left out.
--
-- KEYS: the base of the queue's keys.
-- ARGV: state, `ascending` or `descending`, limit, cursor, a group whose jobs alone are asked for or empty.
--       In a sorted set a cursor is that of `walk`. In a list it is the number of entries before it and the last ids
--       that were shown, parted by tabs: the list is read on behind the first of those that is still there.
--       Then, for a search, `ids` and the score at which a sorted set ends.
-- Reply: the next cursor or empty at the end, then for each job: id; score, `elsewhere` (active, and held by another
-- client) or empty; hash. With `ids`: in a list the number of entries before them, then for each its id and its score, also
-- of those whose hash is gone. O(limit + cursor), and where a list has changed by more than 1,000 places since, O(cursor + 100,000).
--#include keys keys-more groups state walk leases holders record
local state, isAscending, limit, cursor = ARGV[1], ARGV[2] == 'ascending', tonumber(ARGV[3]), ARGV[4]
local key, reply, idsOnly = keyOf[state], { '' }, ARGV[6] == 'ids'
local function show(id, score)
    if idsOnly then
        reply[#reply + 1] = id
        reply[#reply + 1] = score
        return
    end
    local hash = hashOf(base .. id)
    if #hash == 0 then return end
    if state == 'active' and isHeldElsewhere(id, call('HGET', base .. id, 'ats')) then score = 'elsewhere' end
    reply[#reply + 1] = id
    reply[#reply + 1] = score
    reply[#reply + 1] = hash
end

if state == 'waiting' or state == 'active' then
    local parts = {}
    for part in string.gmatch(cursor, '[^\t]+') do parts[#parts + 1] = part end
    local passed = tonumber(parts[1]) or 0
    -- The next to run lies right: ascending is from there.
    local function read(from, count)
        if isAscending then return fromRight(key, from, count) end
        return count > 0 and call('LRANGE', key, from, from + count - 1) or {}
    end
    if #parts > 1 then
        local from = math.max(passed - 1000, 0)
        local near, places, found = read(from, passed - from + 1000), {}, nil
        for place, id in ipairs(near) do places[id] = from + place end
        for index = 2, #parts do found = found or places[parts[index]] end
        -- So many have come or left meanwhile that they lie far away.
        for _, index in ipairs(found and {} or { 2, #parts }) do
            local place = not found and call('LPOS', key, parts[index], 'RANK', isAscending and '-1' or '1', 'MAXLEN', passed + 100000)
            if place then found = isAscending and call('LLEN', key) - place or place + 1 end
        end
        -- Jobs leave from the right: where these have, all that lay before them has. Of what left otherwise some is shown again.
        passed = found or isAscending and 0 or passed
    end
    local ids = read(passed, limit)
    for _, id in ipairs(ids) do show(id, '') end
    if idsOnly then
        reply[1] = passed
    elseif #ids == limit then
        local last = { string.format('%.0f', passed + #ids) }
        for index = #ids, math.max(1, #ids - 19), -1 do last[#last + 1] = ids[index] end
        reply[1] = table.concat(last, '\t')
    end
    return reply
end

local scores = scoresOf[state] or { '-inf', ARGV[7] or '+inf' }
if ARGV[7] and not isAscending and not scoresOf[state] then scores = { ARGV[7], '+inf' } end
if ARGV[5] ~= '' then
    key, scores = groupAt(groupsAt(base), ARGV[5]).waiting, { '-inf', '+inf' }
end
local shown, last = walk(key, isAscending, cursor, scores[isAscending and 2 or 1], limit, show, scores[isAscending and 1 or 2])
if not idsOnly and shown == limit then reply[1] = last end
return reply
