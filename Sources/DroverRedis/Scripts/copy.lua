-- Makes a job of another one, in another queue, and may remove that one (docs/store-contract.md, copies).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), id, the only state in which it is done or empty, 1 when the job goes, the base of the other queue's
--       keys, then of the new job: id, options, priority, group or empty, 1 when it goes before all others.
-- Reply: `done`, `notFound`, `scheduled` (it is the next run of a schedule, and can't go), `known` (it would go, and there is
--        a job of the new one's id), or the state that does not allow it.
-- O(log jobs); O(waiting) where the job goes and is in the list of waiting ones.
--#include keys keys-more time base groups marks places parents ends removal state telling copying
local id, only, removes, other, newID = ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5], ARGV[6]
local job, group = base .. id, ARGV[9] ~= '' and ARGV[9]
if call('EXISTS', job) == 0 then return 'notFound' end
local state = stateOf(id)
if only ~= '' and state ~= only then return state end
if removes then
    if state == 'active' then return state end
    if isPendingIteration(id) then return 'scheduled' end
    call('EXISTS', waitKey, prioritizedKey, delayedKey, completedKey, failedKey, eventsKey)
    local old, parent, isShared, deduplication = unpack(call('HMGET', job, 'grp', 'parentKey', 'dps', 'deid'))
    if old then readGroup(groupsAt(base), old) end
    if parent or isShared then readParents(job, parent, isShared) end
    if deduplication then call('EXISTS', deduplicationKeys(deduplication)) end
end
local queue = openQueue(other, newID, group)
if removes and call('EXISTS', other .. newID) == 1 then return 'known' end
copyJob(job, queue, newID, ARGV[7], ARGV[8], group, ARGV[10] == '1')
if removes then
    local place = takeOut(id, state)
    deleteJob(id, true)
    emit('removed', 'jobId', id, 'prev', place)
end
return 'done'
