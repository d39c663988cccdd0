-- Stores what running attempts report, in order, each under its lease (docs/store-contract.md, record; PROTOCOL 12.9).
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), then each report: id, token, kind, text, and the number of lines to keep of a log (empty for all) or
--       the name of a step.
--       Kinds: `p` progress, `d` payload, `s` step, `l` log line.
-- Reply: one sign for each: r recorded, l lease lost. O(reports); each O(active) whose lock is gone.
--#include keys keys-more time base leases holders steps
call('EXISTS', eventsKey, metaKey)
local statuses = {}
for index = 1, (#ARGV - 1) / 5 do
    local at = index * 5 - 3
    local id, text, job = ARGV[at], ARGV[at + 3], base .. ARGV[at]
    if heldUntil(id, call('HGET', job, 'ats'), ARGV[at + 1]) then
        statuses[index] = 'r'
        if ARGV[at + 2] == 'p' then
            call('HSET', job, 'progress', text)
            emit('progress', 'jobId', id, 'data', text)
        elseif ARGV[at + 2] == 'd' then
            call('HSET', job, 'data', text)
        elseif ARGV[at + 2] == 's' then
            call('HSET', job, stepField(ARGV[at + 4]), nowText .. ' ' .. text)
        else
            local keep = tonumber(ARGV[at + 4])
            call('RPUSH', logKey(job), text)
            if keep == 0 then
                call('DEL', logKey(job))
            elseif keep then
                call('LTRIM', logKey(job), -keep, -1)
            end
        end
    else
        statuses[index] = 'l'
    end
end
return table.concat(statuses)
