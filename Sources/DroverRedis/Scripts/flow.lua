-- Stores a job with all its children, or nothing (docs/store-contract.md, enqueue; PROTOCOL 10.1 to 10.3, 14.1).
--
-- KEYS: the base of the keys of the first job's queue, the set of queues.
-- ARGV: time (tests), the key of the first job's parent or empty, what follows the id and queue in its `parent` text, then each
--       job behind its parent: the base of its queue's keys, the place of its parent or 0, that text, 1 when it has children,
--       id or empty, name, data, options, priority, how it enters (as in enqueue.lua).
-- Reply: `+` and the first job's id (stored) · `=` and it (there was one) · `!` and the maximum length of a queue without room;
--       or a list: `unknown` (no such parent) · `ended` (it has completed or failed) · `other`, `above` or `taken` and the key of a
--       job that is there · `long` and the base of a queue that never has room, with its maximum length behind it.
-- Where a key holds something else the script writes nothing: what it is going to write it reads first, each key with a
-- command of its type. O(jobs, each O(log jobs)).
--#include keys keys-more time base groups parents
local width, first = 10, 4
local count = (#ARGV - first + 1) / width
local queues, order = {}, {}

-- A queue's keys and settings, all of which may be written.
local function open(other)
    if queues[other] then return queues[other] end
    local queue = queueOf(other .. 'x')
    queue.base, queue.id, queue.pcKey = other, other .. 'id', other .. 'pc'
    queue.paused, queue.concurrency, queue.kept, queue.most =
        unpack(call('HMGET', queue.meta, 'paused', 'concurrency', 'opts.maxLenEvents', 'drover:maxLength'))
    queue.length = call('LLEN', queue.wait) + call('LLEN', other .. 'paused') + call('ZCARD', queue.prioritized)
        + call('ZCARD', queue.delayed) + call('ZCOUNT', queue.children, '-inf', '(0')
    call('LLEN', queue.active)
    call('ZCARD', queue.children)
    call('ZCARD', queue.marker)
    call('GET', queue.pc)
    call('GET', queue.id)
    call('XRANGE', queue.events, '0-1', '0-1')
    queues[other], order[#order + 1] = queue, queue
    return queue
end
local function readChildren(job)
    call('SCARD', job .. ':dependencies')
    call('HLEN', job .. ':processed')
    call('HLEN', job .. ':failed')
    call('ZCARD', job .. ':unsuccessful')
end
call('SCARD', KEYS[2])

-- Whether a job is another one or waits for it, over whatever jobs between.
local function isAbove(above, job)
    local seen = {}
    while job and not seen[job] do
        if job == above then return true end
        seen[job] = true
        job = call('HGET', job, 'parentKey')
    end
    return false
end

local outer, hasEnded = ARGV[2] ~= '' and ARGV[2], false
if outer then
    if call('EXISTS', outer) == 0 then return { 'unknown' } end
    local above, outerID = string.match(outer, '^(.*:)([^:]*)$')
    open(above)
    readChildren(outer)
    hasEnded = call('ZSCORE', above .. 'completed', outerID) or call('ZSCORE', above .. 'failed', outerID)
end

local nodes, entering, full, tooLong = {}, {}, nil, nil
for index = 1, count do
    local at = first + (index - 1) * width
    local queue = open(ARGV[at])
    local node = {
        queue = queue, parent = tonumber(ARGV[at + 1]), rest = ARGV[at + 2], hasChildren = ARGV[at + 3] == '1',
        id = ARGV[at + 4], at = at,
    }
    local length, from = string.match(ARGV[at + 9], '^g(%d+):()')
    if length then
        local stop = from + tonumber(length)
        node.group = length ~= '0' and string.sub(ARGV[at + 9], from, stop - 1)
        ARGV[at + 9] = string.sub(ARGV[at + 9], stop)
        if node.group then readGroup(groupsAt(queue.base), node.group) end
    end
    if node.id ~= '' then
        node.key = queue.base .. node.id
        node.isKnown = call('EXISTS', node.key) == 1
        readChildren(node.key)
    end
    nodes[index] = node
    if index == 1 and hasEnded then
        -- Its child that is added again is one all the same.
        if not node.isKnown or call('HGET', node.key, 'parentKey') ~= outer then return { 'ended' } end
        outer = false
    end
    if node.isKnown then
        local other = call('HGET', node.key, 'parentKey')
        if index == 1 then
            if outer and other and other ~= outer and call('EXISTS', other) == 1 then return { 'other', node.key } end
        else
            if node.hasChildren then return { 'taken', node.key } end
            if other and call('EXISTS', other) == 1 then return { 'other', node.key } end
        end
        if outer and isAbove(node.key, outer) then return { 'above', node.key } end
        if index == 1 then break end
    elseif not node.hasChildren then
        entering[queue] = (entering[queue] or 0) + 1
        local most = tonumber(queue.most)
        if most and entering[queue] > most then tooLong = tooLong or { 'long', queue.base .. integer(most) } end
        if most and queue.length + entering[queue] > most then full = full or '!' .. integer(most) end
    end
end
if tooLong then return tooLong end
if full then return full end

-- From here on it is written.
local function tell(queue, name, ...)
    if queue.hasTrimmed then
        call('XADD', queue.events, eventID, 'event', name, ...)
        return
    end
    queue.hasTrimmed = true
    call('XADD', queue.events, 'MAXLEN', '~', queue.kept or '10000', eventID, 'event', name, ...)
    if not queue.kept then
        queue.kept = '10000'
        call('HSET', queue.meta, 'opts.maxLenEvents', queue.kept)
        call('SADD', KEYS[2], queue.base)
    end
end

-- The `parent` field of a child (PROTOCOL 4).
local function parentText(parent, rest)
    local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
    return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. rest .. '}'
end

-- Options with the parent and what the failure means to it, which other clients look for there (PROTOCOL 5.2).
local function childOptions(options, parent, rest)
    local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
    return '{"parent":{"id":' .. cjson.encode(id) .. ',"queue":' .. cjson.encode(queueKey) .. '}' .. rest .. ','
        .. string.sub(options, 2)
end

-- A job that is there becomes a child; one that completed brings its result at once, one whose failure the parent knows
-- already stays as it is.
local linked = {}
local function link(node, parent)
    local id = string.match(node.key, '[^:]*$')
    local text = parentText(parent, node.rest)
    call('HSET', node.key, 'parentKey', parent, 'parent', text)
    local isFailed = call('ZSCORE', node.queue.base .. 'failed', id)
    if isFailed then
        local isTold = call('HEXISTS', parent .. ':failed', node.key) == 1
            or call('ZSCORE', parent .. ':unsuccessful', node.key)
        if isTold then return end
    end
    if isFailed then linked[#linked + 1] = { node.key, parent, text, call('HGET', node.key, 'failedReason') or '' } end
    call('SREM', parent .. ':dependencies', node.key)
    call('HDEL', parent .. ':processed', node.key)
    call('HDEL', parent .. ':failed', node.key)
    call('ZREM', parent .. ':unsuccessful', node.key)
    if call('ZSCORE', node.queue.base .. 'completed', id) then
        call('HSET', parent .. ':processed', node.key, call('HGET', node.key, 'returnvalue') or 'null')
    else
        call('SADD', parent .. ':dependencies', node.key)
    end
end

-- To the parent of a job that was linked and had failed before it is as if it failed now.
local function tellFailures()
    for _, failure in ipairs(linked) do childFailed(unpack(failure)) end
end

if nodes[1].isKnown then
    local node = nodes[1]
    call('INCR', node.queue.id)
    if outer then
        node.rest = ARGV[3]
        link(node, outer)
        tellFailures()
        wakeParentIfDone(outer)
    end
    tell(node.queue, 'duplicated', 'jobId', node.id)
    return '=' .. node.id
end

local function enter(node, due)
    local queue, id, priority, entry = node.queue, node.id, ARGV[node.at + 8], ARGV[node.at + 9]
    if due and due > now then
        local lowest, last = due * 4096, due * 4096 + 4095
        local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
        local score = taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest
        call('ZADD', queue.delayed, integer(score), id)
        queue.hasDelayed = true
        tell(queue, 'delayed', 'jobId', id, 'delay', integer(due))
        return
    end
    local isFirst = entry == 'l' or string.byte(entry) == 102
    if node.group then
        enterGroup(groupsAt(queue.base), node.group, id, tonumber(priority), isFirst and priority == '0')
    elseif priority ~= '0' then
        call('ZADD', queue.prioritized, integer(tonumber(priority) * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
    elseif isFirst then
        call('RPUSH', queue.wait, id)
    else
        call('LPUSH', queue.wait, id)
    end
    queue.hasPushed = true
    tell(queue, 'waiting', 'jobId', id)
end

for index, node in ipairs(nodes) do
    local queue, at = node.queue, node.at
    local parent = index == 1 and outer or index > 1 and nodes[node.parent].key
    if index == 1 then node.rest = ARGV[3] end
    local number = integer(call('INCR', queue.id))
    if node.isKnown then
        link(node, parent)
        tell(queue, 'duplicated', 'jobId', node.id)
    else
        if node.id == '' then
            while call('EXISTS', queue.base .. number) == 1 do number = integer(call('INCR', queue.id)) end
            node.id, node.key = number, queue.base .. number
        end
        local entry, due = ARGV[at + 9], nil
        local span = tonumber(string.sub(entry, 2))
        if span then due = string.byte(entry) == 97 and now + span or span end
        local delay = due and due > now and integer(due - now) or '0'
        tell(queue, 'added', 'jobId', node.id, 'name', ARGV[at + 5])
        local options = parent and childOptions(ARGV[at + 7], parent, node.rest) or ARGV[at + 7]
        call('HSET', node.key, 'name', ARGV[at + 5], 'data', ARGV[at + 6], 'opts', options, 'timestamp', nowText,
            'delay', delay, 'priority', ARGV[at + 8])
        if node.group then call('HSET', node.key, 'grp', node.group) end
        if parent then
            call('HSET', node.key, 'parentKey', parent, 'parent', parentText(parent, node.rest))
            call('SADD', parent .. ':dependencies', node.key)
        end
        if node.hasChildren then
            call('ZADD', queue.children, nowText, node.id)
            tell(queue, 'waiting-children', 'jobId', node.id)
        else
            enter(node, due)
        end
    end
end
tellFailures()
for _, node in ipairs(nodes) do
    if node.hasChildren then wakeParentIfDone(node.key) end
end
for _, queue in ipairs(order) do
    if queue.hasPushed then markOf(queue) end
    if queue.hasDelayed then
        local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
        call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
    end
end
return '+' .. nodes[1].id
