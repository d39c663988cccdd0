-- Hands out the jobs of groups whose turn it is. Only exchange.lua includes it, whose locals it uses.
-- In a queue with groups that may run: whose turns these are, and of each of their jobs what is replied.
local turns, handed, plainWanted, isCut = nil, {}, wanted, false
if takeByTurns and wanted > 0 then
    turns, isCut = takeByTurns(wanted, function(id, hash)
        local job, attempt, failure, opts, isShared = base .. id, 1, nil, '', false
        for field = 1, #hash, 2 do
            local name = hash[field]
            if name == 'ats' then
                attempt = (tonumber(hash[field + 1]) or 0) + 1
            elseif name == 'defa' then
                failure = true
            elseif name == 'opts' then
                opts = hash[field + 1]
            elseif name == 'cnl' then
                call('HDEL', job, 'cnl')
            elseif name == 'dps' then
                isShared = true
            end
        end
        if max and not failure then begin() end
        call('SET', lockKey(id), token, 'PX', lease)
        call('HSET', job, 'processedOn', nowText, 'ats', integer(attempt), 'pb', worker)
        if isShared or string.find(opts, '"resultCache":', 1, true) then
            special = special or {}
            special[#special + 1] = { job, hash }
        end
        handed[id] = { attempt, hash }
        return failure
    end)
    if turns then
        plainWanted = 0
        for _, id in ipairs(turns) do
            if not id then plainWanted = plainWanted + 1 end
        end
    end
end
