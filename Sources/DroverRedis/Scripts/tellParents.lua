-- Tells the parents of jobs that several wait for what other clients did not: those know of the first alone
-- (docs/store-contract.md, releaseParents). Others' parents do not hear of it again, as a parent is told once by what it waits for.
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), the cursor in the queue's hash of such jobs, how many are looked at, about.
-- One of which a key, or a key of whose parents, holds something else is passed over.
-- Reply: of how many jobs parents were told, the next cursor or `0` at the end.
-- O(jobs looked at + parents told).
--#include keys keys-more time base groups parents ends
local sharedKey = sharedKeyOf(base)
call('SCARD', sharedQueuesOf(base))
local page = call('HSCAN', sharedKey, ARGV[2], 'COUNT', ARGV[3])
local ended = {}
for index = 1, #page[2], 2 do ended[#ended + 1] = endOf(base .. page[2][index], page[2][index + 1]) end
for _, item in ipairs(ended) do tellEndOf(item) end
if call('EXISTS', sharedKey) == 0 then call('SREM', sharedQueuesOf(base), base) end
return { #ended, page[1] }
