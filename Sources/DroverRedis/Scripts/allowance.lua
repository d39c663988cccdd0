-- What is reserved of allowances (docs/store-contract.md, allowances). Each unit is a member of a sorted set, scored by when it
-- counts no more: its number within its reservation, a blank, the reservation's id.
--
-- KEYS: the set of each allowance.
-- ARGV: time (tests), then `reserve`, the id, and of each allowance: its maximum, the span in ms or empty for ever, the amount;
--       `refund` and the id; `look`; `list`; or `reset`.
-- Reply: `reserve`: 0 when all is granted, else the place of an allowance of which too little is left, and ms until there is enough or
--        -1. `look`: how much counts, and ms until it is less or -1. `list`: of each reservation that counts its id, how much,
--        and ms until it counts no more or -1. Else how much was given back.
-- O(keys + units that are reserved, given back or count no more), each O(log units).
local call = redis.call
--#include time
local function counting(key) return call('ZCOUNT', key, '(' .. nowText, '+inf') end

-- In how many ms so many units less will count; -1 for never.
local function wait(key, amount)
    local unit = call('ZRANGEBYSCORE', key, '(' .. nowText, '(+inf', 'WITHSCORES', 'LIMIT', integer(amount - 1), '1')
    return unit[2] and tonumber(unit[2]) - now or -1
end

local command, id = ARGV[2], ARGV[3]
if command == 'look' then return { counting(KEYS[1]), wait(KEYS[1], 1) } end
if command == 'list' then
    local units = call('ZRANGEBYSCORE', KEYS[1], '(' .. nowText, '+inf', 'WITHSCORES')
    local reply, places = {}, {}
    for index = 1, #units, 2 do
        local of = string.match(units[index], '^%d+ (.*)$')
        local place = places[of]
        if not place then
            place = #reply + 1
            places[of] = place
            reply[place], reply[place + 1] = of, 0
            reply[place + 2] = units[index + 1] == 'inf' and -1 or tonumber(units[index + 1]) - now
        end
        reply[place + 1] = reply[place + 1] + 1
    end
    return reply
end
if command == 'reset' then
    local count = counting(KEYS[1])
    call('DEL', KEYS[1])
    return count
end
if command == 'refund' then
    local given = 0
    for _, key in ipairs(KEYS) do call('ZCARD', key) end
    for _, key in ipairs(KEYS) do
        local number = 1
        local last = tonumber(call('ZSCORE', key, '1 ' .. id))
        while call('ZREM', key, integer(number) .. ' ' .. id) == 1 do number = number + 1 end
        if last and last > now then given = given + number - 1 end
    end
    return given
end

local isWanted = {}
for index, key in ipairs(KEYS) do
    local at = 3 * index + 1
    local last = tonumber(call('ZSCORE', key, '1 ' .. id))
    if not last or last <= now then
        local excess = counting(key) + tonumber(ARGV[at + 2]) - tonumber(ARGV[at])
        if excess > 0 then return { index, wait(key, excess) } end
        isWanted[index] = true
    end
end
for index, key in ipairs(KEYS) do
    if isWanted[index] then
        local span, amount = ARGV[3 * index + 2], tonumber(ARGV[3 * index + 3])
        call('ZREMRANGEBYSCORE', key, '-inf', nowText)
        local remaining = call('PTTL', key)
        local last = span == '' and '+inf' or integer(now + tonumber(span))
        for number = 1, amount do call('ZADD', key, last, integer(number) .. ' ' .. id) end
        if span == '' then
            call('PERSIST', key)
        elseif remaining ~= -1 and remaining < tonumber(span) then
            call('PEXPIRE', key, span)
        end
    end
end
return 0
