-- Whether nothing is left under what a queue's keys begin with, but what Drover keeps for a while: leases and answers.
local function isGone(base)
    return call('EXISTS', base .. 'meta', base .. 'id', base .. 'wait', base .. 'paused', base .. 'active',
        base .. 'prioritized', base .. 'delayed', base .. 'completed', base .. 'failed', base .. 'waiting-children',
        base .. 'repeat', base .. 'events') == 0
end
