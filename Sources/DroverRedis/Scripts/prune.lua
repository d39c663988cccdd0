-- Removes finished jobs that a rule no longer keeps (docs/store-contract.md, prune).
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), `completed` or `failed`, count and age in ms (empty where the rule has none), limit.
-- Reply: how many were removed. O(removed, each O(log finished)).
--#include keys keys-more time base groups parents removal
return retain(ARGV[2] == 'completed' and completedKey or failedKey, tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]))
