-- Lists the children of a job, of one status (docs/store-contract.md, children; PROTOCOL 14.5).
--
-- KEYS: the base of the queue's keys.
-- ARGV: id, status, the server's cursor or `0`, about how many.
-- Reply: how many are pending, processed, ignored and failed; the next cursor or `0` at the end; then of each child its key and
-- its result, its reason or empty. O(limit), and where the list is short O(its length).
--#include keys
local job, status = base .. ARGV[1], ARGV[2]
local pending, processed = job .. ':dependencies', job .. ':processed'
local ignored, failed = job .. ':failed', job .. ':unsuccessful'
local reply = {
    call('SCARD', pending), call('HLEN', processed), call('HLEN', ignored), call('ZCARD', failed), '0',
}
local part
if status == 'pending' then
    part = call('SSCAN', pending, ARGV[3], 'COUNT', ARGV[4])
elseif status == 'failed' then
    part = call('ZSCAN', failed, ARGV[3], 'COUNT', ARGV[4])
else
    part = call('HSCAN', status == 'processed' and processed or ignored, ARGV[3], 'COUNT', ARGV[4])
end
reply[5] = part[1]
local step = status == 'pending' and 1 or 2
for index = 1, #part[2], step do
    reply[#reply + 1] = part[2][index]
    reply[#reply + 1] = (status == 'processed' or status == 'ignored') and part[2][index + 1] or ''
end
return reply
