-- What a script does with a job of its own making.

-- The table of a JSON object; an empty one where the text is none.
local function decode(text)
    local isObject, value = pcall(cjson.decode, text)
    return isObject and type(value) == 'table' and value or {}
end

-- Enqueues a job that has been stored, until an instant that is to come or at once, and tells of it.
local function enter(id, priority, isFirst, due)
    if due > now then
        pushDelayed(id, due)
        emit('delayed', 'jobId', id, 'delay', integer(due))
    else
        if isFirst and priority == 0 then pushFront(id, 0) else pushBack(id, priority) end
        emit('waiting', 'jobId', id)
    end
end
