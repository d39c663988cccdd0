-- Tells the parents of jobs that several wait for what other clients did not: those know of the first alone
-- (docs/store-contract.md, releaseParents). Others' parents do not hear of it again, as a parent is told once by what it waits for.
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), the cursor in the queue's hash of such jobs, how many are looked at, about.
-- What holds something else than it is to hold is passed over.
-- Reply: of how many jobs parents were told, the next cursor or `0` at the end, 1 when it is to be called again with the same
--       cursor: no more than that many parents are told in a call, but those of one job together.
-- O(jobs looked at + parents told).
--#include keys keys-more time base groups parents ends
local sharedKey, most = sharedKeyOf(base), tonumber(ARGV[3])
call('SCARD', sharedQueuesOf(base))
local isRead, page = passes(call, 'HSCAN', sharedKey, ARGV[2], 'COUNT', ARGV[3])
if not isRead then return { 0, '0', 0 } end
local ended, parents = {}, 0
for index = 1, #page[2], 2 do
    local item = parents < most and endOf(base .. page[2][index], page[2][index + 1])
    if item then ended[#ended + 1], parents = item, parents + item.parents end
end
for _, item in ipairs(ended) do tellEndOf(item) end
if call('EXISTS', sharedKey) == 0 then call('SREM', sharedQueuesOf(base), base) end
return { #ended, page[1], parents < most and 0 or 1 }
