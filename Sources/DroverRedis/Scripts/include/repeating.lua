-- Step 0 of exchange.lua, which alone includes it. The same exchange again: what it said before, and those of its leases
-- that are still held (rule 2). One that comes after its lane has gone on was given up by its sender: it changes nothing.
local remembered = memory and string.match(memory, '^%d*')
if remembered and remembered ~= ARGV[7] then
    if (tonumber(remembered) or 0) > (tonumber(ARGV[7]) or 0) then
        reply[1] = string.rep('l', count)
        return reply
    end
elseif remembered then
    local lines = {}
    for line in string.gmatch(string.sub(memory, #remembered + 1), '[^\n]+') do lines[#lines + 1] = line end
    if now < tonumber(lines[1]) then
        --#include holders record cached
        reply[1], reply[4] = lines[2] == '-' and '' or lines[2], ''
        for index = 3, #lines do
            local id = lines[index]
            local expiry = heldUntil(id, call('HGET', base .. id, 'ats'), token)
            if expiry then
                local size, hash = #reply, hashOf(base .. id)
                addCached(hash)
                reply[size + 1], reply[size + 2], reply[size + 3] = id, math.max(expiry - now, 0), hash
            end
        end
        if limit > (#reply - 4) / 3 then
            local earliest = nextDue()
            reply[3] = earliest and math.max(earliest - now, 0) or -1
        end
        return reply
    end
end
