-- The jobs of schedulers (PROTOCOL 15).
-- A member of a JSON object, behind a comma; nothing without a value.
local function member(name, value) return value and ',"' .. name .. '":' .. value or '' end
local function text(value) return value and cjson.encode(value) end

-- The options of an iteration: those of the template, behind which comes what makes it one (PROTOCOL 15.1). What the
-- template has stays as it was written.
local function iterationOptions(id, scheduler, slot, delay, count, fields)
    local template = string.match(fields.opts or '', '^%s*{(.*)}%s*$') or ''
    local isEmpty = not string.find(template, '%S')
    local pattern = text(fields.pattern)
    return '{' .. template .. (isEmpty and '' or ',') .. '"repeat":{"count":' .. integer(count) .. member('pattern', pattern)
        .. member('tz', text(fields.tz)) .. member('every', fields.every) .. member('offset', fields.offset)
        .. member('limit', fields.limit) .. member('startDate', fields.startDate) .. member('endDate', fields.endDate) .. '}'
        .. member('jobId', text(id)) .. (pattern and member('prevMillis', integer(slot)) or '')
        .. member('timestamp', nowText) .. member('delay', integer(delay)) .. member('repeatJobKey', text(scheduler)) .. '}'
end

-- A hash as a table.
local function fieldsOf(key)
    local list, fields = call('HGETALL', key), {}
    for index = 1, #list, 2 do fields[list[index]] = list[index + 1] end
    return fields
end

-- Stores the iteration of a slot and enqueues it, due at an instant.
local function addIteration(scheduler, slot, due, count, fields)
    local id = iterationID(scheduler, slot)
    local options = decode(fields.opts or '{}')
    local priority, delay = tonumber(options.priority) or 0, math.max(due - now, 0)
    call('INCR', idKey)
    emit('added', 'jobId', id, 'name', fields.name)
    call('HSET', base .. id, 'name', fields.name, 'data', fields.data or '{}',
        'opts', iterationOptions(id, scheduler, slot, delay, count, fields), 'timestamp', nowText,
        'delay', integer(delay), 'priority', integer(priority), 'rjk', scheduler)
    enter(id, priority, options.lifo == true, due, options)
    return id
end

-- The next slot of an interval, and the offset to keep (PROTOCOL 15.2).
local function nextSlot(previous, every, offset, start)
    local slot
    local function aligned()
        local slot = math.floor(now / every) * every + offset
        return slot > now and slot or slot + every
    end
    if previous then
        slot = previous + every
        if slot < now then slot = aligned() end
    elseif start then
        slot = math.max(start, now)
    elseif offset > 0 then
        slot = aligned()
    else
        slot = now
    end
    if offset == 0 then offset = slot - math.floor(slot / every) * every end
    return slot, offset
end

-- The job of a scheduler's slot where nobody has claimed it, and its state.
local function unclaimed(scheduler, slot)
    local id = iterationID(scheduler, slot)
    if call('EXISTS', base .. id) == 0 then return end
    local state = stateOf(id)
    if state == 'waiting' or state == 'prioritized' or state == 'grouped' or state == 'delayed' then return id, state end
end

-- Takes the delayed job of a scheduler's slot away.
local function takeAwayDelayed(scheduler, slot)
    local id = iterationID(scheduler, slot)
    if call('ZREM', delayedKey, id) == 0 then return end
    emit('removed', 'jobId', id, 'prev', 'delayed')
    deleteJob(id, true)
end
