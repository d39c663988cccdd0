-- Tells the parents of jobs that several wait for what other clients did not: those know of the first alone
-- (docs/store-contract.md, releaseParents). Others' parents do not hear of it again, as a parent is told once by what it waits for.
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), the cursor in the queue's hash of such jobs, how many are looked at, about.
-- Reply: of how many jobs parents were told, the next cursor or `0` at the end.
-- O(jobs looked at + parents told).
--#include keys keys-more time base groups parents
local sharedKey = sharedKeyOf(base)
call('SCARD', sharedQueuesOf(base))
local page = call('HSCAN', sharedKey, ARGV[2], 'COUNT', ARGV[3])
local ended = {}
for index = 1, #page[2], 2 do
    local id, value = page[2][index], page[2][index + 1]
    local job = base .. id
    local stamp, first = string.match(value, '^(%d*) (.*)$')
    if first == '' then first = nil end
    local parent, text, finished, result, reason, name =
        unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason', 'name'))
    local item = { job = job, parent = parent or first, text = text }
    if not name and call('EXISTS', job) == 0 then
        -- Removed. What it came to, the first parent may know.
        item.isGone = true
        if first then
            item.result = call('HGET', first .. ':processed', job)
            item.reason = not item.result and (call('HGET', first .. ':failed', job)
                or call('ZSCORE', first .. ':unsuccessful', job) and 'the job failed and was removed')
        end
        ended[#ended + 1] = item
    elseif finished and finished ~= stamp then
        if call('ZSCORE', completedKey, id) then
            item.result = result or 'null'
            ended[#ended + 1] = item
        elseif call('ZSCORE', failedKey, id) then
            item.reason, item.finished = reason or '', finished
            ended[#ended + 1] = item
        end
    end
end
for _, item in ipairs(ended) do readParents(item.job, item.parent, true) end
for _, item in ipairs(ended) do
    if item.result then
        tellCompleted(item.job, item.parent, true, item.result)
    elseif item.reason then
        tellFailed(item.job, item.parent, item.text, true, item.reason, item.finished)
    end
    if item.isGone then
        leaveParents(item.job, item.parent, true)
        call('DEL', dependentsKey(item.job))
    end
end
if call('EXISTS', sharedKey) == 0 then call('SREM', sharedQueuesOf(base), base) end
return { #ended, page[1] }
