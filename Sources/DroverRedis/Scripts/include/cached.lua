-- Results that are kept for other jobs (docs/store-contract.md, results). Only exchange.lua includes it.
--
-- The key of a result: of the jobs' name and of their own key, with the length of the name before it, so that no two
-- have the same. KeySpace spells it too.
local function resultKey(name, key)
    local function escaped(text) return (string.gsub(string.gsub(text, '%%', '%%25'), ':', '%%3A')) end
    name = escaped(name)
    return base .. 'drover:result-' .. #name .. '-' .. name .. escaped(key)
end

-- Puts the result that a job may take behind the fields of its hash.
local function addCached(hash)
    local name, text
    for field = 1, #hash, 2 do
        if hash[field] == 'name' then name = hash[field + 1] elseif hash[field] == 'opts' then text = hash[field + 1] end
    end
    if not text or not string.find(text, '"resultCache":', 1, true) then return end
    local isObject, options = pcall(cjson.decode, text)
    local rule = isObject and type(options) == 'table' and options.resultCache
    if type(rule) ~= 'table' or type(rule.key) ~= 'string' or type(rule.lifetime) ~= 'number' then return end
    local kept = name and redis.pcall('GET', resultKey(name, rule.key))
    if type(kept) ~= 'string' then return end
    local storedAt, ends, from = string.match(kept, '^(%d+)\n(%d+)\n()')
    if not storedAt or now >= tonumber(ends) or now - tonumber(storedAt) >= rule.lifetime then return end
    local size = #hash
    hash[size + 1], hash[size + 2] = 'drover:cached', string.sub(kept, from)
end
