-- Reads a part of the list of groups of a queue, by name.
--
-- KEYS: the base of the queue's keys.
-- ARGV: `ascending` or `descending`, limit, the name to go on behind or empty.
-- Reply: what holds for groups without a setting of their own: weight, concurrency, jobs and ms of the rate, empty for none.
-- Then for each group: name, how many jobs wait, how many are active, 1 when it is paused or empty, and as they apply weight,
-- concurrency, jobs and ms of its rate, empty for none, and these four as they are its own. O(limit).
--#include keys groups
local queue, cursor = groupsAt(base), ARGV[3]
local names
if ARGV[1] == 'ascending' then
    names = call('ZRANGEBYLEX', queue.names, cursor == '' and '-' or '(' .. cursor, '+', 'LIMIT', 0, ARGV[2])
else
    names = call('ZREVRANGEBYLEX', queue.names, cursor == '' and '+' or '(' .. cursor, '-', 'LIMIT', 0, ARGV[2])
end
local reply = {}
local function text(number) return number and string.format('%d', number) or '' end
local function addLimits(key)
    local weight, concurrency, max, per = unpack(call('HMGET', key, 'weight', 'concurrency', 'max', 'per'))
    for _, part in ipairs({ weight or '', concurrency or '', max or '', per or '' }) do reply[#reply + 1] = part end
end
addLimits(queue.turns)
for _, name in ipairs(names) do
    local group = groupAt(queue, name)
    local rule = ruleOf(queue, group)
    for _, part in ipairs({
        name, call('ZCARD', group.waiting), call('SCARD', group.running), rule.isPaused and '1' or '', text(rule.weight),
        text(rule.concurrency), text(rule.max), text(rule.per),
    }) do
        reply[#reply + 1] = part
    end
    addLimits(group.rule)
end
return reply
