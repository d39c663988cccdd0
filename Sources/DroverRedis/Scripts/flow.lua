-- Stores a job with all its children, or nothing (docs/store-contract.md, enqueue; PROTOCOL 10.1 to 10.3, 14.1).
--
-- KEYS: the base of the keys of the first job's queue, the set of queues.
-- ARGV: time (tests), the key of the first job's parent or empty, the word of its policy, then each job behind those that wait
--       for it: the base of its queue's keys, those that wait for it (for each its place and the word of its policy, parted by
--       spaces), 1 when it has children, `r` when it stands for one that is stored, else 0, id or empty, name, data, options,
--       priority, how it enters (as in enqueue.lua).
-- Reply: `+` and the first job's id (stored) · `=` and it (there was one) · `!` and the maximum length of a queue without room;
--       or a list: `unknown` (no such parent) · `ended` (it has completed or failed) · `other`, `above`, `taken` or `many` and the
--       key of a job that is there · `nowhere` and the key of one that is not · `long` and the base of a queue that never has room,
--       with its maximum length behind it.
-- Where a key holds something else the script writes nothing: what it is going to write it reads first, each key with a
-- command of its type. O(jobs, each O(log jobs)).
--#include keys keys-more time base groups parents ends telling
local width, first = 9, 4
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

-- Those that wait for a job, with the word of the policy of each, or, of the first, its text in the hash.
local function parentsOf(job)
    local parents = {}
    local key, text, isShared = unpack(call('HMGET', job, 'parentKey', 'parent', 'dps'))
    if key then parents[1] = { key = key, text = text } end
    for _, other in ipairs(isShared and dependentsOf(job) or {}) do
        parents[#parents + 1] = { key = other.parent, word = other.word }
    end
    return parents
end

-- A job and all that wait for it, over whatever jobs between.
local function allAbove(job)
    local seen, open = { [job] = true }, { job }
    while #open > 0 do
        for _, parent in ipairs(parentsOf(table.remove(open))) do
            if not seen[parent.key] then seen[parent.key], open[#open + 1] = true, parent.key end
        end
    end
    return seen
end

-- Those that are there.
local function living(parents)
    local found = {}
    for _, parent in ipairs(parents) do
        if call('EXISTS', parent.key) == 1 then found[#found + 1] = parent end
    end
    return found
end

local outer, hasEnded = ARGV[2] ~= '' and ARGV[2], false
if outer then
    if call('EXISTS', outer) == 0 then return { 'unknown' } end
    local above, outerID = string.match(outer, '^(.*:)([^:]*)$')
    open(above)
    readChildren(outer)
    hasEnded = call('ZSCORE', above .. 'completed', outerID) or call('ZSCORE', above .. 'failed', outerID)
    local group = call('HGET', outer, 'grp')
    if group then readGroup(groupsAt(above), group) end
end
-- All above the first job, once a job of the flow is there already: a new one is above none.
local above

local nodes, entering, full, tooLong = {}, {}, nil, nil
for index = 1, count do
    local at = first + (index - 1) * width
    local queue = open(ARGV[at])
    local node = {
        queue = queue, hasChildren = ARGV[at + 2] == '1', isReference = ARGV[at + 2] == 'r', id = ARGV[at + 3], at = at,
        bonds = {},
    }
    for place, word in string.gmatch(ARGV[at + 1], '(%d+) (%a+)') do
        node.bonds[#node.bonds + 1] = { place = tonumber(place), word = word }
    end
    if #node.bonds > 1 or node.id ~= '' then
        call('HLEN', sharedKeyOf(queue.base))
        call('SCARD', sharedQueuesOf(queue.base))
    end
    local length, from = string.match(ARGV[at + 8], '^g(%d+):()')
    if length then
        local stop = from + tonumber(length)
        node.group = length ~= '0' and string.sub(ARGV[at + 8], from, stop - 1)
        ARGV[at + 8] = string.sub(ARGV[at + 8], stop)
        if node.group then readGroup(groupsAt(queue.base), node.group) end
    end
    if node.id ~= '' then
        node.key = queue.base .. node.id
        node.isKnown = call('EXISTS', node.key) == 1
        readChildren(node.key)
        node.leftover = not node.isKnown and leftoverOf(node.key)
        call('LLEN', dependentsKey(node.key))
    end
    nodes[index] = node
    if node.isReference and not node.isKnown then return { 'nowhere', node.key } end
    if index == 1 and hasEnded then
        -- Its child that is added again is one all the same.
        local isOuters = false
        for _, parent in ipairs(node.isKnown and parentsOf(node.key) or {}) do isOuters = isOuters or parent.key == outer end
        if not isOuters then return { 'ended' } end
        outer = false
    end
    if node.isKnown then
        node.parents = living(parentsOf(node.key))
        if index == 1 then
            local isOuters = #node.parents == 0
            for _, parent in ipairs(node.parents) do isOuters = isOuters or parent.key == outer end
            if outer and not isOuters then return { 'other', node.key } end
        else
            if node.hasChildren then return { 'taken', node.key } end
            if not node.isReference and #node.parents > 0 then return { 'other', node.key } end
            if #node.parents + #node.bonds > 5000 then return { 'many', node.key } end
        end
        if outer then above = above or allAbove(outer) end
        if outer and above[node.key] then return { 'above', node.key } end
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
-- Options with the parent and what the failure means to it, which other clients look for there (PROTOCOL 5.2).
local function childOptions(options, parent, word)
    local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
    return '{"parent":{"id":' .. cjson.encode(id) .. ',"queue":' .. cjson.encode(queueKey) .. '}' .. flagText(word) .. ','
        .. string.sub(options, 2)
end

-- Lets several wait for a job. `stamp`: when it ended, where its parents are not to be told of that, else empty; nil where there is
-- nothing that they may be told.
local function share(job, parents, stamp)
    for place = 2, #parents do call('RPUSH', dependentsKey(job), parents[place].word .. ' ' .. parents[place].key) end
    call('HSET', job, 'dps', '1')
    noteTold(job, stamp, parents[1].key)
end

-- A job that is there becomes a child; one that completed brings its result at once, one whose failure the parent knows
-- already stays as it is. Those of its parents that are gone are forgotten.
local linked = {}
local function link(node, bonds)
    if #bonds == 0 then return end
    local id, parents, wasShared = string.match(node.key, '[^:]*$'), node.parents, call('HGET', node.key, 'dps')
    local hasCompleted = call('ZSCORE', node.queue.base .. 'completed', id)
    local hasFailed = call('ZSCORE', node.queue.base .. 'failed', id)
    for _, bond in ipairs(bonds) do
        local parent = bond.key
        local isTold = hasFailed and (call('HEXISTS', parent .. ':failed', node.key) == 1
            or call('ZSCORE', parent .. ':unsuccessful', node.key))
        if not isTold then
            if hasFailed then
                local reason = call('HGET', node.key, 'failedReason') or ''
                linked[#linked + 1] = { node.key, parent, policyOf(bond.word), reason }
            end
            call('SREM', parent .. ':dependencies', node.key)
            call('HDEL', parent .. ':processed', node.key)
            call('HDEL', parent .. ':failed', node.key)
            call('ZREM', parent .. ':unsuccessful', node.key)
            if hasCompleted then
                call('HSET', parent .. ':processed', node.key, call('HGET', node.key, 'returnvalue') or 'null')
            else
                call('SADD', parent .. ':dependencies', node.key)
            end
        end
        local place = #parents + 1
        for other = 1, #parents do
            if parents[other].key == parent then place = other end
        end
        parents[place] = bond
    end
    call('HSET', node.key, 'parentKey', parents[1].key, 'parent', parents[1].text or parentText(parents[1].key, parents[1].word))
    local told
    if wasShared then
        local entry = call('HGET', sharedKeyOf(node.queue.base), id)
        told = entry and string.match(entry, '^%d*')
        call('DEL', dependentsKey(node.key))
        call('HDEL', node.key, 'dps')
        noteTold(node.key)
    end
    if #parents < 2 then return end
    local finished = (hasCompleted or hasFailed) and call('HGET', node.key, 'finishedOn') or ''
    local stamp = not hasCompleted and finished or nil
    -- Another client ended it, and not all of those before were told: they still are to be.
    if finished ~= '' and told and told ~= finished then stamp = told end
    share(node.key, parents, stamp)
end

-- To the parent of a job that was linked and had failed before it is as if it failed now.
local function tellFailures()
    for _, failure in ipairs(linked) do childFailed(unpack(failure)) end
end

if nodes[1].isKnown then
    local node = nodes[1]
    call('INCR', node.queue.id)
    if outer then
        link(node, { { key = outer, word = ARGV[3] } })
        tellFailures()
        wakeParentIfDone(outer)
    end
    tellIn(node.queue, 'duplicated', 'jobId', node.id)
    return '=' .. node.id
end

local function enter(node, due)
    local queue, id, priority, entry = node.queue, node.id, ARGV[node.at + 7], ARGV[node.at + 8]
    if due and due > now then
        delayIn(queue, id, due)
        queue.hasDelayed = true
        tellIn(queue, 'delayed', 'jobId', id, 'delay', integer(due))
        return
    end
    enterIn(queue, id, tonumber(priority), entry == 'l' or string.byte(entry) == 102, node.group)
    queue.hasPushed = true
    tellIn(queue, 'waiting', 'jobId', id)
end

for index, node in ipairs(nodes) do
    local queue, at, bonds = node.queue, node.at, node.bonds
    for _, bond in ipairs(bonds) do bond.key = nodes[bond.place].key end
    if index == 1 and outer then bonds = { { key = outer, word = ARGV[3] } } end
    if node.isReference then
        link(node, bonds)
    elseif node.isKnown then
        call('INCR', queue.id)
        link(node, bonds)
        tellIn(queue, 'duplicated', 'jobId', node.id)
    else
        local number = integer(call('INCR', queue.id))
        if node.id == '' then
            while call('EXISTS', queue.base .. number) == 1 do number = integer(call('INCR', queue.id)) end
            node.id, node.key = number, queue.base .. number
        end
        local entry, due = ARGV[at + 8], nil
        local span = tonumber(string.sub(entry, 2))
        if span then due = string.byte(entry) == 97 and now + span or span end
        local delay = due and due > now and integer(due - now) or '0'
        tellIn(queue, 'added', 'jobId', node.id, 'name', ARGV[at + 4])
        if node.leftover then
            local own = {}
            for _, bond in ipairs(bonds) do own[bond.key] = true end
            tellLeftover(node.leftover, own)
        end
        local parent, options = bonds[1], ARGV[at + 6]
        if parent then options = childOptions(options, parent.key, parent.word) end
        call('HSET', node.key, 'name', ARGV[at + 4], 'data', ARGV[at + 5], 'opts', options, 'timestamp', nowText,
            'delay', delay, 'priority', ARGV[at + 7])
        if node.group then call('HSET', node.key, 'grp', node.group) end
        if parent then
            call('HSET', node.key, 'parentKey', parent.key, 'parent', parentText(parent.key, parent.word))
            for _, bond in ipairs(bonds) do call('SADD', bond.key .. ':dependencies', node.key) end
            if #bonds > 1 then share(node.key, bonds, '') end
        end
        if node.hasChildren then
            call('ZADD', queue.children, nowText, node.id)
            tellIn(queue, 'waiting-children', 'jobId', node.id)
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
    if queue.hasDelayed then markDelayOf(queue) end
end
return '+' .. nodes[1].id
