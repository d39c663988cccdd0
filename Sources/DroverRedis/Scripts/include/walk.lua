-- Going through the jobs of one state, part by part.

-- Ids of a list from its right, where the next to run lies: `count` of them behind the first `passed`.
local function fromRight(key, passed, count)
    if count <= 0 then return {} end
    local ids, turned = call('LRANGE', key, -(passed + count), -1 - passed), {}
    for index = #ids, 1, -1 do turned[#turned + 1] = ids[index] end
    return turned
end

-- Tells whether an entry of a score and an id stands behind a cursor, in the direction of reading.
local function behind(isAscending, cursor)
    local lastScore, lastID = string.match(cursor, '^([^\t]*)\t(.*)$')
    if not lastScore then return function() return true end end
    lastScore = tonumber(lastScore)
    return function(score, id)
        score = tonumber(score)
        if score == lastScore then return isAscending == (id > lastID) and id ~= lastID end
        return isAscending == (score > lastScore)
    end
end

-- Calls `visit` with the id and the score of each of the next entries of a sorted set, `limit` at most and none beyond
-- the score `bound`; then tells how many there were, and the cursor behind them. A cursor is the score and the id of
-- the last entry, parted by a tab, and empty at the beginning, which is at the score `from` if it is given.
local function walk(key, isAscending, cursor, bound, limit, visit, from)
    local isBehind, lastScore = behind(isAscending, cursor), string.match(cursor, '^([^\t]*)\t')
    local command, start = 'ZREVRANGEBYSCORE', lastScore or from or '+inf'
    if isAscending then command, start = 'ZRANGEBYSCORE', lastScore or from or '-inf' end
    -- Entries of the cursor's own score that lie before it are passed over again.
    local offset, visited = 0, 0
    while visited < limit do
        local part = call(command, key, start, bound, 'WITHSCORES', 'LIMIT', offset, limit)
        for index = 1, #part, 2 do
            local id, score = part[index], part[index + 1]
            if visited < limit and isBehind(score, id) then
                visit(id, score)
                visited, cursor = visited + 1, score .. '\t' .. id
            end
        end
        if #part < limit * 2 then break end
        offset = offset + limit
    end
    return visited, cursor
end
