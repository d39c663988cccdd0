-- The keys of one queue that most scripts need; `keys-more` has the others, and `groups` those of groups. They are the only
-- places in which scripts spell a key, as KeySpace is for Swift. KEYS[1] is what the queue's keys begin with.
local base = KEYS[1]
local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
local completedKey, failedKey = base .. 'completed', base .. 'failed'
local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
local call = redis.call

-- What `groups` fills, where it is included.
local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup

local function lockKey(id) return base .. id .. ':lock' end
