-- Does one thing to a job and those around it in its flow (docs/store-contract.md, apply; PROTOCOL 12.10 to 12.12).
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), id, `removeFlow`, `removeUnprocessedChildren` or `detach`, how many jobs may be removed.
-- Reply: `done`, `notFound`, `active`, `scheduled`, `noParent` or `tooMany`.
-- O(jobs below, each O(log jobs); O(waiting) for one that is taken out of a list).
--#include keys keys-more time base groups parents lineage state
local id, command, most = ARGV[2], ARGV[3], tonumber(ARGV[4])
local root = base .. id
if call('EXISTS', root) == 0 then return 'notFound' end

-- The keys of a job's queue, its id, and the base of those keys. The first job's id may have colons: it is then in no flow.
local function placeOf(job)
    if job == root then local queue = queueOf(base .. 'x') return queue, id, base end
    local queue, other = queueOf(job)
    return queue, other, string.match(job, '^(.*:)[^:]*$')
end

local function isActive(job)
    local queue, other = placeOf(job)
    return call('EXISTS', job .. ':lock') == 1 or call('LPOS', queue.active, other)
end

local function isPending(job, parent)
    return call('EXISTS', parent) == 1 and call('SISMEMBER', parent .. ':dependencies', job) == 1
end

if command == 'detach' then
    local parents, key, isShared = parentsOf(root)
    local isAwaited = false
    for _, parent in ipairs(parents) do isAwaited = isAwaited or isPending(root, parent) end
    if not isAwaited then return 'noParent' end
    readParents(root, key, isShared)
    leaveParents(root, key, isShared)
    call('HDEL', root, 'parentKey', 'parent', 'dps')
    call('DEL', dependentsKey(root))
    return 'done'
end

-- The jobs below that still say whose children they are.
local isPendingOnly = command == 'removeUnprocessedChildren'
local function isUnprocessed(job)
    local queue, other = placeOf(job)
    return not isActive(job) and not call('ZSCORE', queue.failed, other)
end
local function childrenOf(job, isPendingOnly)
    local keys = call('SMEMBERS', job .. ':dependencies')
    if not isPendingOnly then
        for _, list in ipairs({
            call('HKEYS', job .. ':processed'), call('HKEYS', job .. ':failed'), call('ZRANGE', job .. ':unsuccessful', 0, -1),
        }) do
            for _, key in ipairs(list) do keys[#keys + 1] = key end
        end
    end
    local own = {}
    for _, key in ipairs(keys) do
        if isChild(key, job) then own[#own + 1] = key end
    end
    return own
end
local first = isPendingOnly and childrenOf(root, true) or { root }
local found, open, seen, isFound = {}, {}, { [root] = true }, { [root] = true }
for index, job in ipairs(first) do open[index], seen[job] = job, true end
while #open > 0 do
    local job = table.remove(open)
    if not isPendingOnly or isUnprocessed(job) then
        found[#found + 1], isFound[job] = job, true
        if #found > most then return 'tooMany' end
        for _, child in ipairs(childrenOf(job, isPendingOnly)) do
            if not seen[child] then seen[child], open[#open + 1] = true, child end
        end
    end
end
-- Those that are not to go with the others, because one waits for them that stays.
local kept, keeping = {}, {}
local function keep(job)
    if job ~= root and isFound[job] and not kept[job] then kept[job], keeping[#keeping + 1] = true, job end
end
for _, job in ipairs(found) do
    for _, parent in ipairs(parentsOf(job)) do
        if not isFound[parent] and isPending(job, parent) then keep(job) end
    end
end
while #keeping > 0 do
    for _, child in ipairs(childrenOf(table.remove(keeping), true)) do keep(child) end
end
local leaving, isLeaving = {}, {}
for _, job in ipairs(found) do
    if not kept[job] then leaving[#leaving + 1], isLeaving[job] = job, true end
end
if not isPendingOnly then
    if isPendingIteration(id) then return 'scheduled' end
    for _, job in ipairs(leaving) do
        if isActive(job) then return 'active' end
    end
end
for _, child in ipairs(isPendingOnly and first or {}) do
    if kept[child] then
        local _, key, isShared = parentsOf(child)
        readParents(child, key, isShared)
        call('EXISTS', child, dependentsKey(child))
    end
end
for _, job in ipairs(leaving) do
    local queue, _, name = placeOf(job)
    call('EXISTS', queue.wait, queue.prioritized, queue.delayed, queue.failed, queue.children, queue.events,
        name .. 'completed', name .. 'paused', jobKeys(job))
    local group = call('HGET', job, 'grp')
    local _, key, isShared = parentsOf(job)
    if key or isShared then readParents(job, key, isShared) end
    if group then readGroup(groupsAt(name), group) end
end
for _, job in ipairs(leaving) do
    local queue, other, name = placeOf(job)
    local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
    leaveParents(job, parent, isShared, false, isLeaving)
    local place
    for _, suffix in ipairs({ 'completed', 'waiting-children', 'delayed', 'failed', 'prioritized' }) do
        local score = not place and call('ZSCORE', name .. suffix, other)
        if score and call('ZREM', name .. suffix, other) == 1 then
            place = suffix
            if tonumber(score) < 0 then
                place = 'grouped'
                leaveGroup(groupsAt(name), call('HGET', job, 'grp') or '', other, place)
            end
        end
    end
    if not place then place = call('LREM', queue.wait, -1, other) == 1 and 'wait' or 'unknown' end
    if place == 'unknown' and call('LREM', name .. 'paused', -1, other) == 1 then place = 'paused' end
    if deduplication and call('GET', name .. 'de:' .. deduplication) == other then
        call('DEL', name .. 'de:' .. deduplication, name .. 'dn:' .. deduplication)
    end
    call('DEL', jobKeys(job))
    emitTo(queue, 'removed', 'jobId', other, 'prev', place)
end
-- A child that stays is nobody's business of the job any more.
for _, child in ipairs(isPendingOnly and first or {}) do
    if kept[child] then
        detach(child, root)
        forgetParent(child, root)
    end
end
return 'done'
