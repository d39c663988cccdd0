-- Does one step of the move of a queue: jobs and schedules arrive from another store, or leave for one
-- (docs/store-contract.md, move).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), the mark that must be stored or empty for none, the new mark or empty for none, the new checkpoint,
--       above which number generated ids begin; then four lists, each behind its length:
--       arriving schedules: id, slot, 1 when it is paused, number of fields of its hash, these and their values in turn, 1
--       when its pending job follows as the arriving jobs do;
--       arriving jobs: id, state, due time or end or empty, options, number of other fields of its hash, these and their
--       values in turn, number of lines of its log, these, its deduplication id or empty, 1 when it holds it, how long it
--       still does so in ms or empty;
--       leaving schedules: id, slot; leaving jobs: id, timestamp.
-- Reply: `done`, how many jobs were stored, how many were known, how many schedules were stored, how many jobs were removed, the ids of
--       those that are active · `conflict` and the stored checkpoint or empty · `refused`, then `job` or `schedule` and an
--       id for each that is known as another.
-- O(jobs, each O(log jobs)); O(waiting) for a job that leaves from the middle of the waiting ones.
--#include keys keys-more time base groups marks places parents ends removal state entering iterations
local stored, body = unpack(call('HMGET', moveKey, 'mark', 'body'))
if (stored or '') ~= ARGV[2] then return { 'conflict', body or '' } end

-- The four lists.
local at = 6
local function nextValue()
    at = at + 1
    return ARGV[at - 1]
end
local function nextList()
    local list = {}
    for index = 1, tonumber(nextValue()) do list[index] = nextValue() end
    return list
end
local function nextJob()
    local job = { id = nextValue(), state = nextValue(), score = tonumber(nextValue()), opts = nextValue() }
    job.fields, job.log = nextList(), nextList()
    job.deduplication, job.holds, job.remaining = nextValue(), nextValue() == '1', tonumber(nextValue())
    return job
end
local schedules, jobs, leavingSchedules, leaving = {}, {}, {}, {}
for index = 1, tonumber(nextValue()) do
    local schedule = { id = nextValue(), slot = tonumber(nextValue()), isPaused = nextValue() == '1', fields = {} }
    local list = nextList()
    for place = 1, #list, 2 do schedule.fields[list[place]] = list[place + 1] end
    if nextValue() == '1' then schedule.pending = nextJob() end
    schedules[index] = schedule
end
for index = 1, tonumber(nextValue()) do jobs[index] = nextJob() end
for index = 1, tonumber(nextValue()) do leavingSchedules[index] = { id = nextValue(), slot = tonumber(nextValue()) } end
for index = 1, tonumber(nextValue()) do leaving[index] = { id = nextValue(), stamp = nextValue() } end

-- All that is written is read before, with commands of its type.
local paused, concurrency
paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
local isNew = not keptEvents
call('LLEN', waitKey)
call('LLEN', activeKey)
for _, key in ipairs({
    prioritizedKey, delayedKey, completedKey, failedKey, markerKey, repeatKey, pausedSchedulersKey, childrenKey,
}) do
    call('ZCARD', key)
end
call('GET', pcKey)
call('XRANGE', eventsKey, '0-1', '0-1')
call('SCARD', KEYS[2])
local lastID = tonumber(call('GET', idKey) or '0') or 0

-- What may not arrive, and what is there.
local refused, isKnown = { 'refused' }, {}
local function look(job)
    local name, data, timestamp = unpack(call('HMGET', base .. job.id, 'name', 'data', 'timestamp'))
    call('LLEN', logKey(base .. job.id))
    job.leftover = leftoverOf(base .. job.id)
    for place = 1, #job.fields, 2 do
        if job.fields[place] == 'grp' then readGroup(groupsAt(base), job.fields[place + 1]) end
    end
    if job.deduplication ~= '' then call('GET', (deduplicationKeys(job.deduplication))) end
    if call('EXISTS', base .. job.id) == 0 then return end
    local given = {}
    for place = 1, #job.fields, 2 do given[job.fields[place]] = job.fields[place + 1] end
    isKnown[job] = true
    if name ~= given.name or data ~= given.data or timestamp ~= given.timestamp then
        refused[#refused + 1] = 'job'
        refused[#refused + 1] = job.id
    end
end
-- Fields that say where a scheduler stands, and not what it is.
local standing = { ic = true, offset = true, ended = true }
for _, schedule in ipairs(schedules) do
    local key = call('ZSCORE', repeatKey, schedule.id) and schedulerKey(schedule.id)
        or call('ZSCORE', pausedSchedulersKey, schedule.id) and pausedSchedulerKey(schedule.id)
    if key then
        local present, isSame = fieldsOf(key), true
        schedule.isKnown = true
        for field, value in pairs(present) do
            if not standing[field] and schedule.fields[field] ~= value then isSame = false end
        end
        for field, value in pairs(schedule.fields) do
            if not standing[field] and present[field] ~= value then isSame = false end
        end
        if not isSame then
            refused[#refused + 1] = 'schedule'
            refused[#refused + 1] = schedule.id
        end
    else
        call('HLEN', schedulerKey(schedule.id))
        call('HLEN', pausedSchedulerKey(schedule.id))
        if schedule.pending then look(schedule.pending) end
    end
end
for _, job in ipairs(jobs) do look(job) end
if #refused > 1 then return refused end
-- As the store reads it: other clients may have left it out, or written it in another form.
local function stampOf(id) return math.floor(tonumber(call('HGET', base .. id, 'timestamp') or '0') or 0) end
for _, job in ipairs(leaving) do
    job.isSame = call('EXISTS', base .. job.id) == 1 and stampOf(job.id) == tonumber(job.stamp)
    if job.isSame then call('EXISTS', jobKeys(base .. job.id)) end
end

-- From here on it is written, the stream first.
local reply = { 'done', 0, 0, 0, 0 }
for _, schedule in ipairs(leavingSchedules) do
    for set, hash in pairs({
        [repeatKey] = schedulerKey(schedule.id), [pausedSchedulersKey] = pausedSchedulerKey(schedule.id),
    }) do
        if tonumber(call('ZSCORE', set, schedule.id) or -1) == schedule.slot then
            call('ZREM', set, schedule.id)
            call('DEL', hash)
        end
    end
end
for _, job in ipairs(leaving) do
    if job.isSame then
        local state = stateOf(job.id)
        if state == 'active' then
            reply[#reply + 1] = job.id
        else
            local place = takeOut(job.id, state)
            emit('removed', 'jobId', job.id, 'prev', place)
            deleteJob(job.id, true)
            reply[5] = reply[5] + 1
        end
    end
end

local raised = tonumber(ARGV[5])
if raised > lastID then call('SET', idKey, integer(raised)) end
-- Waiting jobs are entered together.
local back = {}
local function enterArrived(job, priority)
    local id = job.id
    if job.state == 'grouped' then
        pushBack(id, priority, job.group)
    elseif job.state == 'waiting' then
        back[#back + 1] = id
    elseif job.state == 'prioritized' then
        pushBack(id, priority)
    elseif job.state == 'delayed' then
        pushDelayed(id, job.score or now)
    else
        call('ZADD', job.state == 'completed' and completedKey or failedKey, integer(job.score or now), id)
    end
end
local function arrive(job, scheduler, opts)
    if isKnown[job] then
        reply[3] = reply[3] + 1
        return
    end
    local key, fields, priority = base .. job.id, job.fields, 0
    for place = 1, #fields, 2 do
        if fields[place] == 'priority' then priority = tonumber(fields[place + 1]) or 0 end
        if fields[place] == 'grp' then job.group = fields[place + 1] end
    end
    local delay = job.state == 'delayed' and math.max((job.score or now) - now, 0) or 0
    if not scheduler and string.sub(job.id, 1, 7) == 'repeat:' then
        local text = decode(opts).repeatJobKey
        scheduler = type(text) == 'string' and text or nil
    end
    if job.leftover then tellLeftover(job.leftover) end
    call('HSET', key, 'opts', opts, 'delay', integer(delay))
    -- A portion has whole pairs.
    callAll('HSET', key, fields)
    if scheduler then call('HSET', key, 'rjk', scheduler) end
    if job.deduplication ~= '' then
        call('HSET', key, 'deid', job.deduplication)
        local holderKey = deduplicationKeys(job.deduplication)
        if job.holds and call('EXISTS', holderKey) == 0 then
            call('SET', holderKey, job.id)
            if job.remaining then call('PEXPIRE', holderKey, integer(math.max(job.remaining, 1))) end
        end
    end
    if #job.log > 0 then
        call('DEL', logKey(key))
        callAll('RPUSH', logKey(key), job.log)
    end
    enterArrived(job, priority)
    reply[2] = reply[2] + 1
end
for _, schedule in ipairs(schedules) do
    local fields, id, pending = schedule.fields, schedule.id, schedule.pending
    if not schedule.isKnown then
        local key = schedule.isPaused and pausedSchedulerKey(id) or schedulerKey(id)
        call('DEL', key)
        for field, value in pairs(fields) do call('HSET', key, field, value) end
        call('ZADD', schedule.isPaused and pausedSchedulersKey or repeatKey, integer(schedule.slot), id)
        reply[4] = reply[4] + 1
        if pending then
            -- What makes a job an iteration to BullMQ's workers; one that comes from Redis has it.
            local opts = pending.opts
            if decode(opts).repeatJobKey == nil then
                local template = {}
                for field, value in pairs(fields) do template[field] = value end
                template.opts = opts
                opts = iterationOptions(pending.id, id, schedule.slot, math.max((pending.score or now) - now, 0),
                    tonumber(fields.ic) or 1, template)
            end
            arrive(pending, id, opts)
        end
    end
end
for _, job in ipairs(jobs) do arrive(job, nil, job.opts) end
if #back > 0 then
    callAll('LPUSH', waitKey, back)
    hasPushed = true
end
mark(paused, concurrency)
if isNew then
    if not keptEvents then call('HSET', metaKey, 'opts.maxLenEvents', '10000') end
    call('SADD', KEYS[2], base)
end
if ARGV[3] == '' then
    call('DEL', moveKey)
else
    call('HSET', moveKey, 'mark', ARGV[3], 'body', ARGV[4])
end
return reply
