-- What a script does with a job of its own making.

-- The table of a JSON object; an empty one where the text is none.
local function decode(text)
    local isObject, value = pcall(cjson.decode, text)
    return isObject and type(value) == 'table' and value or {}
end

-- Enqueues a job that has been stored, until an instant that is to come or at once, and tells of it.
-- A job that has a group has it in its hash as well.
local function enter(id, priority, isFirst, due, options)
    local group = type(options.group) == 'string' and options.group ~= '' and options.group
    if group then call('HSET', base .. id, 'grp', group) end
    if due > now then
        pushDelayed(id, due)
        emit('delayed', 'jobId', id, 'delay', integer(due))
    else
        if isFirst and priority == 0 then pushFront(id, 0, group) else pushBack(id, priority, group) end
        emit('waiting', 'jobId', id)
    end
end
