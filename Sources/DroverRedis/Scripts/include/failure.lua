-- The traces of a job with one more, of which the newest `keep` stay: a JSON array (PROTOCOL 17.5).
local function appendTrace(traces, trace, keep)
    local isArray, list = pcall(cjson.decode, traces or '[]')
    if not isArray or type(list) ~= 'table' then list = {} end
    list[#list + 1] = trace
    while #list > keep do table.remove(list, 1) end
    return #list == 0 and '[]' or cjson.encode(list)
end
