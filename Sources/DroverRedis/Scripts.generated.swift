// Written by scripts/embed-lua.sh from Scripts/*.lua. Do not edit: change the .lua file and run `make embed`.
// swift-format-ignore-file

import RedisClient

/// The store's scripts, each named after its file.
enum Scripts {
    /// `allowance.lua`
    static let allowance = RedisScript(name: "allowance", source: #"""
        local call = redis.call
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local function counting(key) return call('ZCOUNT', key, '(' .. nowText, '+inf') end
        local function wait(key, amount)
            local unit = call('ZRANGEBYSCORE', key, '(' .. nowText, '(+inf', 'WITHSCORES', 'LIMIT', integer(amount - 1), '1')
            return unit[2] and tonumber(unit[2]) - now or -1
        end
        local command, id = ARGV[2], ARGV[3]
        if command == 'look' then return { counting(KEYS[1]), wait(KEYS[1], 1) } end
        if command == 'list' then
            local units = call('ZRANGEBYSCORE', KEYS[1], '(' .. nowText, '+inf', 'WITHSCORES')
            local reply, places = {}, {}
            for index = 1, #units, 2 do
                local of = string.match(units[index], '^%d+ (.*)$')
                local place = places[of]
                if not place then
                    place = #reply + 1
                    places[of] = place
                    reply[place], reply[place + 1] = of, 0
                    reply[place + 2] = units[index + 1] == 'inf' and -1 or tonumber(units[index + 1]) - now
                end
                reply[place + 1] = reply[place + 1] + 1
            end
            return reply
        end
        if command == 'reset' then
            local count = counting(KEYS[1])
            call('DEL', KEYS[1])
            return count
        end
        if command == 'refund' then
            local given = 0
            for _, key in ipairs(KEYS) do call('ZCARD', key) end
            for _, key in ipairs(KEYS) do
                local number = 1
                local last = tonumber(call('ZSCORE', key, '1 ' .. id))
                while call('ZREM', key, integer(number) .. ' ' .. id) == 1 do number = number + 1 end
                if last and last > now then given = given + number - 1 end
            end
            return given
        end
        local isWanted = {}
        for index, key in ipairs(KEYS) do
            local at = 3 * index + 1
            local last = tonumber(call('ZSCORE', key, '1 ' .. id))
            if not last or last <= now then
                local excess = counting(key) + tonumber(ARGV[at + 2]) - tonumber(ARGV[at])
                if excess > 0 then return { index, wait(key, excess) } end
                isWanted[index] = true
            end
        end
        for index, key in ipairs(KEYS) do
            if isWanted[index] then
                local span, amount = ARGV[3 * index + 2], tonumber(ARGV[3 * index + 3])
                call('ZREMRANGEBYSCORE', key, '-inf', nowText)
                local remaining = call('PTTL', key)
                local last = span == '' and '+inf' or integer(now + tonumber(span))
                for number = 1, amount do call('ZADD', key, last, integer(number) .. ' ' .. id) end
                if span == '' then
                    call('PERSIST', key)
                elseif remaining ~= -1 and remaining < tonumber(span) then
                    call('PEXPIRE', key, span)
                end
            end
        end
        return 0
        """#, sha: "292ab4af0d8f6f3e4851e23f851605abe4e07675")

    /// `children.lua`
    static let children = RedisScript(name: "children", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
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
        """#, sha: "3984c99307f204472df97cbe08731be5afea45d4")

    /// `command.lua`
    static let command = RedisScript(name: "command", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function parentsOf(job)
            local parents, key, isShared = {}, unpack(call('HMGET', job, 'parentKey', 'dps'))
            if key then parents[1] = key end
            for _, other in ipairs(isShared and dependentsOf(job) or {}) do parents[#parents + 1] = other.parent end
            return parents, key, isShared
        end
        local function isChild(job, parent)
            if call('HGET', job, 'parentKey') == parent then return true end
            for _, key in ipairs(parentsOf(job)) do
                if key == parent then return true end
            end
            return false
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local function decode(text)
            local isObject, value = pcall(cjson.decode, text)
            return isObject and type(value) == 'table' and value or {}
        end
        local function enter(id, priority, isFirst, due, options)
            local group = type(options.group) == 'string' and options.group ~= '' and options.group
            if group then call('HSET', base .. id, 'grp', group) end
            if due > now then
                pushDelayed(id, due)
                emit('delayed', 'jobId', id, 'delay', integer(due))
            else
                if isFirst and priority == 0 then pushFront(id, 0, group) else pushBack(id, priority, group) end
                emit('waiting', 'jobId', id)
            end
        end
        local function endDeduplication(id, deduplication)
            local holder, postponed = deduplicationKeys(deduplication)
            local remaining = call('PTTL', holder)
            if remaining == 0 or (remaining == -1 and call('GET', holder) == id) then call('DEL', holder) end
            local name, data, opts, chosen, parentKey, parent, pending, scheduler, start =
                unpack(call('HMGET', postponed, 'name', 'data', 'opts', 'jid', 'pk', 'pd', 'pdk', 'rjk', 'at'))
            if not opts then return end
            local number = integer(call('INCR', idKey))
            local newID = chosen or number
            local job, options = base .. newID, decode(opts)
            local rule = type(options.de) == 'table' and options.de or {}
            local due = tonumber(start) or now + (tonumber(options.delay) or 0)
            local delay, priority = math.max(due - now, 0), tonumber(options.priority) or 0
            if call('EXISTS', job) == 1 then
                call('DEL', postponed)
                emit('duplicated', 'jobId', newID)
                return
            end
            local lifetime = not rule.keepLastIfActive and tonumber(rule.ttl) or 0
            if lifetime > 0 then
                call('SET', holder, newID, 'PX', integer(lifetime))
            else
                call('SET', holder, newID)
            end
            call('HSET', job, 'name', name or '', 'data', data or '{}', 'opts', opts, 'timestamp', nowText,
                'delay', integer(delay), 'priority', integer(priority), 'deid', deduplication)
            if parentKey then call('HSET', job, 'parentKey', parentKey) end
            if parent then call('HSET', job, 'parent', parent) end
            if scheduler then call('HSET', job, 'rjk', scheduler) end
            emit('added', 'jobId', newID, 'name', name or '')
            enter(newID, priority, options.lifo, due, options)
            if pending then call('SADD', pending, job) end
            call('DEL', postponed)
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local function stepField(name) return 'step:' .. name end
        local function forgetSteps(job)
            local hash, fields = call('HGETALL', job), {}
            for index = 1, #hash, 2 do
                if string.sub(hash[index], 1, 5) == 'step:' then fields[#fields + 1] = hash[index] end
            end
            callAll('HDEL', job, fields)
        end
        local id, command, argument, job = ARGV[2], ARGV[3], ARGV[4], base .. ARGV[2]
        if call('EXISTS', job) == 0 then return 'notFound' end
        call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, completedKey, failedKey, markerKey, eventsKey)
        local state = stateOf(id)
        if ARGV[6] ~= '' and state ~= ARGV[6] then return state end
        local paused, concurrency
        paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
        local group, waiting, isShared = unpack(call('HMGET', job, 'grp', 'parentKey', 'dps'))
        if waiting or isShared then readParents(job, waiting, isShared) end
        if group then readGroup(groupsAt(base), group) end
        local function storedPriority() return tonumber(call('HGET', job, 'priority')) or 0 end
        if command == 'retry' then
            if state ~= 'completed' and state ~= 'failed' then return state end
            local failed, own, done, shared = call('ZRANGE', job .. ':unsuccessful', 0, -1), {}, {}, {}
            for _, child in ipairs(failed) do
                if isChild(child, job) then
                    local other, name = string.match(child, '^(.*:)([^:]*)$')
                    local first, isSharedToo, result, ended =
                        unpack(call('HMGET', child, 'parentKey', 'dps', 'returnvalue', 'finishedOn'))
                    if call('ZSCORE', other .. 'completed', name) then
                        done[#done + 1], done[#done + 2] = child, result or 'null'
                    else
                        own[#own + 1] = child
                        if isSharedToo then
                            local told = call('HGET', sharedKeyOf(other), name)
                            call('SCARD', sharedQueuesOf(other))
                            local isOpen = told and string.match(told, '^%d*') ~= ended
                            if isOpen then readParents(child, first, true) end
                            shared[#shared + 1] = { job = child, first = first, ended = ended, isOpen = isOpen }
                        end
                    end
                end
            end
            local isAwaiting = #own > 0 or call('SCARD', job .. ':dependencies') > 0
            call('ZCARD', childrenKey)
            call('HLEN', job .. ':processed')
            for _, child in ipairs(shared) do
                if child.isOpen then tellEnd(child.job, child.first) end
                noteTold(child.job, child.ended or '', child.first)
            end
            if #own > 0 then callAll('SADD', job .. ':dependencies', own) end
            if #done > 0 then callAll('HSET', job .. ':processed', done) end
            call('DEL', job .. ':unsuccessful')
            takeOut(id, state)
            call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason', 'returnvalue', 'defa')
            if argument == '1' then
                call('HDEL', job, 'atm', 'ats', 'cnl')
                forgetSteps(job)
            end
            if isAwaiting then
                call('HSET', job, 'delay', '0')
                call('ZADD', childrenKey, nowText, id)
            else
                pushAgain(id, storedPriority(), group)
            end
            local list = isShared and dependentsOf(job) or {}
            if waiting then table.insert(list, 1, { parent = waiting }) end
            for _, item in ipairs(list) do
                local above = item.parent
                if call('EXISTS', above) == 1 then
                    local wasKnown = state == 'completed' and call('HDEL', above .. ':processed', job)
                        or call('ZREM', above .. ':unsuccessful', job) + call('HDEL', above .. ':failed', job)
                    if wasKnown > 0 then call('SADD', above .. ':dependencies', job) end
                end
            end
            if isShared then noteTold(job, '', waiting) end
            emit(isAwaiting and 'waiting-children' or 'waiting', 'jobId', id, 'prev', state)
        elseif command == 'promote' then
            if state ~= 'delayed' then return state end
            call('ZREM', delayedKey, id)
            pushBack(id, storedPriority(), group)
            emit('waiting', 'jobId', id, 'prev', 'delayed')
            call('HSET', job, 'delay', '0')
        elseif command == 'remove' then
            if state == 'active' then return state end
            if isPendingIteration(id) then return 'scheduled' end
            local place = takeOut(id, state)
            deleteJob(id, true)
            emit('removed', 'jobId', id, 'prev', place)
        elseif command == 'cancel' then
            if state == 'completed' or state == 'failed' then return state end
            if state == 'active' then
                if isHeldElsewhere(id, call('HGET', job, 'ats')) then return 'elsewhere' end
                call('HSET', job, 'cnl', call('HGET', job, 'ats') or '0')
                emit('cancel-requested', 'jobId', id)
                call('PUBLISH', KEYS[2], id)
                return 'requested'
            end
            local place = takeOut(id, state)
            local policy, deduplication = unpack(call('HMGET', job, 'parent', 'deid'))
            if deduplication then endDeduplication(id, deduplication) end
            if waiting or isShared then tellFailed(job, waiting, policy, isShared, 'cancelled') end
            call('HSET', job, 'failedReason', 'cancelled', 'finishedOn', nowText)
            if state == 'waiting-children' then call('HSET', job, 'delay', '0') end
            call('HDEL', job, 'defa')
            call('ZADD', failedKey, nowText, id)
            emit('failed', 'jobId', id, 'failedReason', 'cancelled', 'prev', place)
        elseif command == 'changePriority' then
            local priority, isFront = tonumber(argument), ARGV[5] == '1'
            if state == 'waiting' or state == 'prioritized' or state == 'grouped' then
                takeOut(id, state)
                if isFront then pushFront(id, priority, group) else pushBack(id, priority, group) end
            end
            call('HSET', job, 'priority', argument)
        elseif command == 'changeDelay' then
            if state ~= 'delayed' then return state end
            local due = now + tonumber(argument)
            pushDelayed(id, due)
            call('HSET', job, 'delay', argument)
            emit('delayed', 'jobId', id, 'delay', integer(due))
        elseif command == 'updatePayload' then
            call('HSET', job, 'data', argument)
        end
        mark(paused, concurrency)
        return 'done'
        """#, sha: "8b6d94bf56904afb3d41ec2c4b3c6433dd469169")

    /// `configure.lua`
    static let configure = RedisScript(name: "configure", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local queuesKey = KEYS[2]
        if ARGV[2] == 'forgetResult' then
            local ends = tonumber(string.match(call('GET', ARGV[3]) or '', '^%d+\n(%d+)\n'))
            return call('DEL', ARGV[3]) == 1 and ends and ends > now and 1 or 0
        end
        if ARGV[2] == 'forgetDeduplication' then
            local holder = deduplicationKeys(ARGV[3])
            return call('GET', holder) and call('DEL', holder) or 0
        end
        call('EXISTS', waitKey, markerKey, eventsKey, pausedKey, queuesKey, limiterKey, slicesKey)
        keptEvents = call('HGET', metaKey, 'opts.maxLenEvents')
        local isNew = not keptEvents
        local function register() if isNew then call('SADD', queuesKey, base) end end
        if ARGV[2] == 'pause' then
            emit('paused')
            call('HSET', metaKey, 'paused', '1')
            call('DEL', markerKey)
            register()
            return 0
        end
        if ARGV[2] ~= 'resume' then
            local kind, value = ARGV[2], ARGV[3]
            if isNew then
                call('SCARD', queuesKey)
                call('HSET', metaKey, 'opts.maxLenEvents', '10000')
            end
            local function set(field, text)
                if text == '' then call('HDEL', metaKey, field) else call('HSET', metaKey, field, text) end
            end
            if kind == 'maxLength' then
                set('drover:maxLength', value)
            elseif kind == 'concurrency' then
                set('concurrency', value)
            elseif kind == 'rate' then
                local max, duration, sliding = unpack(call('HMGET', metaKey, 'max', 'duration', 'drover:sliding'))
                if (max or '') ~= value or (duration or '') ~= ARGV[4] or (sliding or '') ~= ARGV[5] then
                    if (tonumber(call('GET', limiterKey)) or 0) < 9007199254740991 then call('DEL', limiterKey) end
                    call('DEL', slicesKey)
                    set('max', value)
                    set('duration', ARGV[4])
                    set('drover:sliding', ARGV[5])
                end
            else
                call('DEL', limiterKey)
                set('drover:heldUntil', value ~= '' and integer(now + tonumber(value)) or '')
                if value ~= '' then call('SET', limiterKey, '9007199254740991', 'PX', value) end
            end
            register()
            if kind ~= 'maxLength' and call('HEXISTS', metaKey, 'paused') == 0 then
                if call('EXISTS', waitKey, prioritizedKey, ringKey, restingKey) > 0 then
                    call('ZADD', markerKey, '0', '0')
                else
                    hasDelayed = true
                    mark()
                end
            end
            return 0
        end
        local isFirst = call('HDEL', metaKey, 'paused') == 1 or call('EXISTS', pausedKey) == 0
        local legacy = call('LRANGE', pausedKey, 0, 6999)
        if #legacy > 0 then
            callAll('RPUSH', waitKey, legacy)
            call('LTRIM', pausedKey, 7000, -1)
        end
        if call('EXISTS', waitKey, prioritizedKey, ringKey, restingKey) > 0 then
            call('ZADD', markerKey, '0', '0')
        else
            hasDelayed = true
            mark()
        end
        if isFirst then emit('resumed') end
        register()
        return call('LLEN', pausedKey)
        """#, sha: "9731f927bf944cec39c1e906cc3311ee50058d72")

    /// `copy.lua`
    static let copy = RedisScript(name: "copy", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function passes(read, ...)
            local isRead, answer = pcall(read, ...)
            if isRead then return true, answer end
            local text = type(answer) == 'table' and answer.err or tostring(answer)
            if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
            return false
        end
        local soundQueues, soundParents = {}, {}
        local function readTyped(parent)
            local queue = queueOf(parent)
            if not soundQueues[queue.base] then
                call('HLEN', queue.meta)
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
                    call('ZCARD', key)
                end
                call('GET', queue.pc)
                call('XRANGE', queue.events, '0-1', '0-1')
                soundQueues[queue.base] = true
            end
            local name = call('HGET', parent, 'grp')
            call('SCARD', parent .. ':dependencies')
            call('HLEN', parent .. ':processed')
            call('HLEN', parent .. ':failed')
            call('ZCARD', parent .. ':unsuccessful')
            if not name then return end
            local groups = groupsAt(queue.base)
            local group = groupAt(groups, name)
            call('HLEN', groups.turns)
            for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
            call('SCARD', group.running)
            call('HLEN', group.rule)
            call('HLEN', group.rate)
        end
        local function isSound(parent)
            if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
            return soundParents[parent]
        end
        local function lookAtEnd(job, value)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local stamp, first = string.match(value, '^(%d*) (.*)$')
            if first == '' then first = nil end
            local parent, text, finished, result, reason =
                unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
            local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
            if item.isGone then
                if first and isSound(first) then
                    local failed = call('ZSCORE', first .. ':unsuccessful', job)
                    item.result = call('HGET', first .. ':processed', job)
                    item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                        or failed and failed ~= stamp and 'the job failed and was removed')
                end
            elseif not finished or finished == stamp then
                return
            elseif call('ZSCORE', other .. 'completed', id) then
                item.result = result or 'null'
            elseif call('ZSCORE', other .. 'failed', id) then
                item.reason, item.finished = reason or '', finished
            else
                return
            end
            if item.parent and not isSound(item.parent) then item.parent = nil end
            call('SCARD', sharedQueuesOf(other))
            local others = dependentsOf(job)
            item.parents = #others
            for _, dependent in ipairs(others) do
                if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
            end
            return item
        end
        local function endOf(job, value)
            local isRead, item = passes(lookAtEnd, job, value)
            return isRead and item or nil
        end
        local function tellEndOf(item, own)
            local job = item.job
            for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
            if own then
                if own[item.parent or ''] then item.parent = nil end
                for _, dependent in ipairs(dependentsOf(job)) do
                    if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
                end
            end
            if item.result then
                tellCompleted(job, item.parent, true, item.result)
            elseif item.reason then
                tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
            end
            if item.isGone then
                leaveParents(job, item.parent, true)
                call('DEL', dependentsKey(job))
            end
        end
        local function leftoverOf(job)
            if call('EXISTS', dependentsKey(job)) == 0 then return end
            local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
            return item or { job = job, isBare = true }
        end
        local function tellLeftover(item, own)
            if not item.isBare then return tellEndOf(item, own) end
            call('DEL', dependentsKey(item.job))
            noteTold(item.job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function tellIn(queue, name, ...)
            if queue.hasTrimmed then
                call('XADD', queue.events, eventID, 'event', name, ...)
                return
            end
            queue.hasTrimmed = true
            call('XADD', queue.events, 'MAXLEN', '~', queue.kept or '10000', eventID, 'event', name, ...)
            if not queue.kept then
                queue.kept = '10000'
                call('HSET', queue.meta, 'opts.maxLenEvents', queue.kept)
                call('SADD', KEYS[#KEYS], queue.base)
            end
        end
        local openedQueues, leftovers = {}, {}
        local function openQueue(other, id, group)
            local queue = openedQueues[other]
            if not queue then
                queue = queueOf(other .. 'x')
                queue.base, queue.id = other, other .. 'id'
                queue.kept = call('HGET', queue.meta, 'opts.maxLenEvents')
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                call('ZCARD', queue.prioritized)
                call('ZCARD', queue.children)
                call('ZCARD', queue.marker)
                call('GET', queue.pc)
                call('GET', queue.id)
                call('XRANGE', queue.events, '0-1', '0-1')
                if not queue.kept then call('SCARD', KEYS[#KEYS]) end
                openedQueues[other] = queue
            end
            call('HLEN', other .. id)
            leftovers[other .. id] = leftoverOf(other .. id)
            if group then readGroup(groupsAt(other), group) end
            return queue
        end
        local function copyJob(source, queue, id, options, priority, group, isFirst)
            local job = queue.base .. id
            local name, data = unpack(call('HMGET', source, 'name', 'data'))
            call('INCR', queue.id)
            if call('EXISTS', job) == 1 then
                tellIn(queue, 'duplicated', 'jobId', id)
                return
            end
            tellIn(queue, 'added', 'jobId', id, 'name', name or '')
            if leftovers[job] then tellLeftover(leftovers[job]) end
            leftovers[job] = nil
            call('HSET', job, 'name', name or '', 'data', data or '{}', 'opts', options, 'timestamp', nowText, 'delay', '0',
                'priority', priority)
            if group then call('HSET', job, 'grp', group) end
            enterIn(queue, id, tonumber(priority), isFirst, group)
            tellIn(queue, 'waiting', 'jobId', id)
            markOf(queue)
        end
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
        """#, sha: "62b4f3317807f77f7116996ca6fadbcb6a290522")

    /// `enqueue.lua`
    static let enqueue = RedisScript(name: "enqueue", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local queuesKey = KEYS[2]
        local paused, concurrency, most
        paused, concurrency, keptEvents, most = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents',
            'drover:maxLength'))
        local isNew = not keptEvents
        local count = (#ARGV - 1) / 6
        local known, others, isWaiting, isPrioritized, isDelayed = {}, 0, false, false, false
        local rules
        local groups
        local leftovers
        for index = 1, count do
            local at = index * 6 - 4
            local id, priority, entry = ARGV[at], ARGV[at + 4], ARGV[at + 5]
            if id ~= '' then
                local found = call('EXISTS', base .. id, base .. id .. ':dependents')
                known[id] = found > 0 and call('EXISTS', base .. id) == 1
                if found > 0 and not known[id] then
                    leftovers = leftovers or {}
                    leftovers[id] = true
                end
                others = others + 1
            end
            local kind = string.byte(entry)
            if kind == 103 then
                local length, from = string.match(entry, '^g(%d+):()')
                local stop = from + tonumber(length)
                groups = groups or {}
                groups[index] = length ~= '0' and string.sub(entry, from, stop - 1) or nil
                entry = string.sub(entry, stop)
                ARGV[at + 5] = entry
                kind = string.byte(entry)
            end
            if kind == 100 then
                local ttl, words, plain, same = string.match(entry, '^d(%d+)\t(%a*)\t([^\t]*)\t(.*)$')
                rules = rules or {}
                rules[index] = {
                    id = same, ttl = tonumber(ttl), extends = string.find(words, 'e') and true,
                    replaces = string.find(words, 'r') and true, keeps = string.find(words, 'k') and true,
                    isInstant = plain ~= '' and string.byte(plain) ~= 97,
                }
                ARGV[at + 5] = plain
                kind = string.byte(plain)
            end
            if kind and kind ~= 108 then isDelayed = true end
            if kind ~= 97 then
                if priority == '0' then isWaiting = true else isPrioritized = true end
            end
        end
        if isWaiting then call('LLEN', waitKey) end
        if isPrioritized then
            call('ZCARD', prioritizedKey)
            call('GET', pcKey)
        end
        if isDelayed then call('ZCARD', delayedKey) end
        call('ZCARD', markerKey)
        if concurrency then call('LLEN', activeKey) end
        if isNew then call('SCARD', queuesKey) end
        local full, room
        most = tonumber(most)
        if most then
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
            room = most - call('LLEN', waitKey) - call('LLEN', pausedKey) - call('ZCARD', prioritizedKey)
                - call('ZCARD', delayedKey) - call('ZCOUNT', childrenKey, '-inf', '(0')
        end
        if most and not rules then
            local enters, isNeeded = {}, false
            full = {}
            for index = 1, count do
                local id = ARGV[index * 6 - 4]
                if known[id] or enters[id] then
                    isNeeded = true
                elseif room > 0 then
                    room, isNeeded = room - 1, true
                    if id ~= '' then enters[id] = true end
                else
                    full[index] = '!' .. integer(most)
                end
            end
            if not isNeeded then return full end
            room = nil
        end
        local standing, replace, hold, keep, tellLeft
        if groups or rules or leftovers then
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
            for _, name in pairs(groups or {}) do readGroup(groupsAt(base), name) end
        end
        if rules then
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local function readHold(rule)
            rule.holder, rule.kept = deduplicationKeys(rule.id)
            local holder = call('GET', rule.holder)
            call('HLEN', rule.kept)
            if holder then
                call('ZSCORE', delayedKey, holder)
                call('EXISTS', jobKeys(base .. holder))
                local parent, isShared = unpack(rule.replaces and call('HMGET', base .. holder, 'parentKey', 'dps') or {})
                if parent then call('SCARD', parent .. ':dependencies') end
                if parent or isShared then readParents(base .. holder, parent, isShared) end
                if rule.keeps then call('LLEN', activeKey) end
            end
        end
        local function lifetime(rule) return rule.keeps and 0 or rule.ttl end
        local function setHolder(rule, id, remaining)
            if remaining > 0 then
                call('SET', rule.holder, id, 'PX', integer(remaining))
            else
                call('SET', rule.holder, id)
            end
        end
        local function belongs(rule, id) return call('HGET', base .. id, 'deid') == rule.id end
        function standing(rule)
            local old = call('GET', rule.holder)
            if not old then return end
            if rule.replaces and call('ZSCORE', delayedKey, old) and belongs(rule, old) then return nil, old end
            if call('PTTL', rule.holder) < 0 and call('EXISTS', base .. old) == 0 then
                rule.isStale = true
                return
            end
            return old
        end
        function replace(tell, rule, old, id)
            tell('removed', 'jobId', old, 'prev', 'delayed')
            call('ZREM', delayedKey, old)
            deleteJob(old, false)
            emit('deduplicated', 'jobId', id, 'deduplicationId', rule.id, 'deduplicatedJobId', old)
            call('DEL', rule.kept)
        end
        function hold(rule, old, id)
            local remaining = lifetime(rule)
            if rule.isStale then call('DEL', rule.kept) end
            if old and remaining > 0 and not rule.extends then
                local left = call('PTTL', rule.holder)
                remaining = left < 0 and 0 or math.max(left, 1)
            end
            setHolder(rule, id, remaining)
            call('HSET', base .. id, 'deid', rule.id)
        end
        function keep(tell, rule, holder, id, name, data, opts, due)
            local isKept = rule.keeps and call('LPOS', activeKey, holder) and belongs(rule, holder)
            if not isKept and rule.replaces then return end
            tell('deduplicated', 'jobId', holder, 'deduplicationId', rule.id, 'deduplicatedJobId', id)
            if isKept then
                if due and due > now then opts = string.sub(opts, 1, -2) .. ',"delay":' .. integer(due - now) .. '}' end
                call('DEL', rule.kept)
                call('HSET', rule.kept, 'name', name, 'data', data, 'opts', opts, 'jid', id)
                if due and rule.isInstant then call('HSET', rule.kept, 'at', integer(due)) end
                setHolder(rule, holder, 0)
            elseif rule.extends and rule.ttl > 0 then
                setHolder(rule, holder, lifetime(rule))
            end
        end
            for _, rule in pairs(rules) do readHold(rule) end
        end
        if leftovers then
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function passes(read, ...)
            local isRead, answer = pcall(read, ...)
            if isRead then return true, answer end
            local text = type(answer) == 'table' and answer.err or tostring(answer)
            if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
            return false
        end
        local soundQueues, soundParents = {}, {}
        local function readTyped(parent)
            local queue = queueOf(parent)
            if not soundQueues[queue.base] then
                call('HLEN', queue.meta)
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
                    call('ZCARD', key)
                end
                call('GET', queue.pc)
                call('XRANGE', queue.events, '0-1', '0-1')
                soundQueues[queue.base] = true
            end
            local name = call('HGET', parent, 'grp')
            call('SCARD', parent .. ':dependencies')
            call('HLEN', parent .. ':processed')
            call('HLEN', parent .. ':failed')
            call('ZCARD', parent .. ':unsuccessful')
            if not name then return end
            local groups = groupsAt(queue.base)
            local group = groupAt(groups, name)
            call('HLEN', groups.turns)
            for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
            call('SCARD', group.running)
            call('HLEN', group.rule)
            call('HLEN', group.rate)
        end
        local function isSound(parent)
            if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
            return soundParents[parent]
        end
        local function lookAtEnd(job, value)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local stamp, first = string.match(value, '^(%d*) (.*)$')
            if first == '' then first = nil end
            local parent, text, finished, result, reason =
                unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
            local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
            if item.isGone then
                if first and isSound(first) then
                    local failed = call('ZSCORE', first .. ':unsuccessful', job)
                    item.result = call('HGET', first .. ':processed', job)
                    item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                        or failed and failed ~= stamp and 'the job failed and was removed')
                end
            elseif not finished or finished == stamp then
                return
            elseif call('ZSCORE', other .. 'completed', id) then
                item.result = result or 'null'
            elseif call('ZSCORE', other .. 'failed', id) then
                item.reason, item.finished = reason or '', finished
            else
                return
            end
            if item.parent and not isSound(item.parent) then item.parent = nil end
            call('SCARD', sharedQueuesOf(other))
            local others = dependentsOf(job)
            item.parents = #others
            for _, dependent in ipairs(others) do
                if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
            end
            return item
        end
        local function endOf(job, value)
            local isRead, item = passes(lookAtEnd, job, value)
            return isRead and item or nil
        end
        local function tellEndOf(item, own)
            local job = item.job
            for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
            if own then
                if own[item.parent or ''] then item.parent = nil end
                for _, dependent in ipairs(dependentsOf(job)) do
                    if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
                end
            end
            if item.result then
                tellCompleted(job, item.parent, true, item.result)
            elseif item.reason then
                tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
            end
            if item.isGone then
                leaveParents(job, item.parent, true)
                call('DEL', dependentsKey(job))
            end
        end
        local function leftoverOf(job)
            if call('EXISTS', dependentsKey(job)) == 0 then return end
            local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
            return item or { job = job, isBare = true }
        end
        local function tellLeftover(item, own)
            if not item.isBare then return tellEndOf(item, own) end
            call('DEL', dependentsKey(item.job))
            noteTold(item.job)
        end
            for id in pairs(leftovers) do leftovers[id] = leftoverOf(base .. id) end
            tellLeft = tellLeftover
        end
        local counter = call('INCRBY', idKey, count) - count
        local function takeBack()
            if counter == 0 then call('DEL', idKey) else call('INCRBY', idKey, -count) end
        end
        local taken = 0
        if others < count then
            local generated = {}
            for index = 1, count do
                if ARGV[index * 6 - 4] == '' then generated[#generated + 1] = base .. integer(counter + index) end
            end
            for first = 1, #generated, 4000 do
                taken = taken + call('EXISTS', unpack(generated, first, math.min(first + 3999, #generated)))
            end
            if taken > 0 then takeBack() end
        end
        local function emitFirst(...)
            if pcall(emit, ...) then return end
            if taken == 0 then takeBack() end
            emit(...)
        end
        local tell, reply, back, front = emitFirst, {}, {}, {}
        for index = 1, count do
            local at = index * 6 - 4
            local id, name, entry = ARGV[at], ARGV[at + 1], ARGV[at + 5]
            if taken == 0 then
                if id == '' then id = integer(counter + index) end
            else
                local number = integer(call('INCR', idKey))
                if id == '' then
                    while call('EXISTS', base .. number) == 1 do number = integer(call('INCR', idKey)) end
                    id = number
                end
            end
            if full and full[index] then
                reply[index] = full[index]
            elseif known[id] then
                tell('duplicated', 'jobId', id)
                reply[index] = '=' .. id
            else
                local rule, holder, old = rules and rules[index], nil, nil
                if rule then holder, old = standing(rule) end
                local due
                local span = tonumber(string.sub(entry, 2))
                if span then due = string.byte(entry) == 97 and now + span or span end
                if holder then
                    keep(tell, rule, holder, id, name, ARGV[at + 2], ARGV[at + 3], due)
                    reply[index] = '~' .. holder
                elseif room and room < 1 and not old then
                    reply[index] = '!' .. integer(most)
                else
                    known[id] = true
                    if room and not old then room = room - 1 end
                    if old then
                        replace(tell, rule, old, id)
                        tell, known[old] = emit, nil
                    end
                    local delay = due and due > now and integer(due - now) or '0'
                    tell('added', 'jobId', id, 'name', name)
                    if leftovers and leftovers[id] then tellLeft(leftovers[id]) end
                    call('HSET', base .. id, 'name', name, 'data', ARGV[at + 2], 'opts', ARGV[at + 3], 'timestamp', nowText,
                        'delay', delay, 'priority', ARGV[at + 4])
                    if rule then hold(rule, old, id) end
                    local group = groups and groups[index]
                    if group then call('HSET', base .. id, 'grp', group) end
                    if delay ~= '0' then
                        pushDelayed(id, due)
                        emit('delayed', 'jobId', id, 'delay', integer(due))
                    else
                        if group then
                            local isFirst = entry == 'l' or string.byte(entry) == 102
                            enterGroup(groupsAt(base), group, id, tonumber(ARGV[at + 4]), isFirst and ARGV[at + 4] == '0')
                            hasPushed = true
                        elseif ARGV[at + 4] ~= '0' then
                            pushBack(id, tonumber(ARGV[at + 4]))
                        elseif entry == 'l' or string.byte(entry) == 102 then
                            front[#front + 1] = id
                        else
                            back[#back + 1] = id
                        end
                        emit('waiting', 'jobId', id)
                    end
                    reply[index] = '+' .. id
                end
            end
            if hasTrimmed then tell = emit end
        end
        if #back > 0 then callAll('LPUSH', waitKey, back) end
        if #front > 0 then callAll('RPUSH', waitKey, front) end
        hasPushed = hasPushed or #back + #front > 0
        mark(paused, concurrency)
        if isNew then call('SADD', queuesKey, base) end
        return reply
        """#, sha: "bfd7d3484a9bad8f57dffd3710de5d10076266b0")

    /// `exchange.lua`
    static let exchange = RedisScript(name: "exchange", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local memoryKey = KEYS[2]
        local token, limit, points = ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[6])
        local paused, concurrency, max, duration, isSliding, holdEnd, hasGroups
        paused, concurrency, max, duration, keptEvents, isSliding, holdEnd, hasGroups = unpack(call('HMGET', metaKey, 'paused',
            'concurrency', 'max', 'duration', 'opts.maxLenEvents', 'drover:sliding', 'drover:heldUntil', 'drover:groups'))
        concurrency, max, holdEnd = tonumber(concurrency), tonumber(max), tonumber(holdEnd) or 0
        if not points then
            local most, per
            points, most, per = string.match(ARGV[6], '^(%d+) (%d+) (%d+)$')
            points = tonumber(points)
            if not max then max, duration, isSliding = tonumber(most), per, nil end
        end
        local reply = { '', paused and 1 or 0, -1, nowText }
        local function nextDue()
            local score = call('ZRANGE', delayedKey, '0', '0', 'WITHSCORES')[2]
            return score and math.floor(tonumber(score) / 4096)
        end
        local at = 9 + 2 * tonumber(ARGV[8])
        local count = tonumber(ARGV[at])
        local rules, runs, ids, jobs, places, locks, holders = {}, {}, {}, {}, {}, {}, nil
        local memory
        if count == 0 then
            memory = call('GET', memoryKey)
        else
            for index = 1, tonumber(ARGV[8]) do
                rules[index] = { count = tonumber(ARGV[7 + 2 * index]), age = tonumber(ARGV[8 + 2 * index]) }
            end
            at = at + 1
            local index = 0
            while index < count do
                local outcome, size, width = ARGV[at], tonumber(ARGV[at + 3]), 1
                if outcome == 'c' or outcome == 's' or outcome == 'l' then
                    width = 2
                elseif outcome == 'f' or outcome == 'r' then
                    width = 5
                elseif outcome == 'k' then
                    width = 4
                elseif outcome == 'd' then
                    width = 11
                end
                local run = { outcome = outcome, token = ARGV[at + 1], rule = rules[tonumber(ARGV[at + 2])] }
                at = at + 4
                for _ = 1, size do
                    index = index + 1
                    local id = ARGV[at]
                    local job = base .. id
                    runs[index], ids[index], jobs[index], places[index], locks[index] = run, id, job, at + 1, job .. ':lock'
                    at = at + width
                end
            end
            if count < 2000 then
                holders = call('MGET', memoryKey, unpack(locks))
                memory = table.remove(holders, 1)
            else
                memory, holders = call('GET', memoryKey), {}
                for first = 1, count, 2000 do
                    for offset, holder in ipairs(call('MGET', unpack(locks, first, math.min(first + 1999, count)))) do
                        holders[first + offset - 1] = holder
                    end
                end
            end
        end
        local remembered = memory and string.match(memory, '^%d*')
        if remembered and remembered ~= ARGV[7] then
            if (tonumber(remembered) or 0) > (tonumber(ARGV[7]) or 0) then
                reply[1] = string.rep('l', count)
                return reply
            end
        elseif remembered then
            local lines = {}
            for line in string.gmatch(string.sub(memory, #remembered + 1), '[^\n]+') do lines[#lines + 1] = line end
            if now < tonumber(lines[1]) then
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local function showDependents(job, hash)
            for field = 1, #hash, 2 do
                if hash[field] == 'dps' then
                    local list = redis.pcall('LRANGE', job .. ':dependents', 0, -1)
                    hash[field + 1] = list.err and '' or table.concat(list, '\n')
                end
            end
        end
        local function hashOf(job)
            local hash = call('HGETALL', job)
            showDependents(job, hash)
            return hash
        end
        local function resultKey(name, key)
            local function escaped(text) return (string.gsub(string.gsub(text, '%%', '%%25'), ':', '%%3A')) end
            name = escaped(name)
            return base .. 'drover:result-' .. #name .. '-' .. name .. escaped(key)
        end
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
                reply[1], reply[4] = lines[2] == '-' and '' or lines[2], ''
                for index = 3, #lines do
                    local id = lines[index]
                    local expiry = heldUntil(id, call('HGET', base .. id, 'ats'), token)
                    if expiry then
                        local size, hash = #reply, hashOf(base .. id)
                        addCached(hash)
                        reply[size + 1], reply[size + 2], reply[size + 3] = id, math.max(expiry - now, 0), hash
                    end
                end
                if limit > (#reply - 4) / 3 then
                    local earliest = nextDue()
                    reply[3] = earliest and math.max(earliest - now, 0) or -1
                end
                return reply
            end
        end
        local due, priorities
        local earliest = limit >= 0 and nextDue()
        if earliest and earliest <= now then
            due = call('ZRANGEBYSCORE', delayedKey, '0', integer((now + 1) * 4096 - 1), 'LIMIT', '0', '1000')
            priorities = {}
            for index, id in ipairs(due) do priorities[index] = call('HMGET', base .. id, 'priority', 'grp') end
        end
        local ready, readyJobs, readyHashes, future, isForeign = {}, {}, {}, {}, false
        if limit > 0 and not paused then
            ready = call('LRANGE', waitKey, '-' .. math.min(limit, 2000), '-1')
            for index = 1, #ready do
                local job = base .. ready[index]
                local hash = call('HGETALL', job)
                readyJobs[index], readyHashes[index], future[index] = job, hash, job .. ':lock'
                if #hash ~= 12 and not hasGroups then
                    for field = 1, #hash, 2 do
                        if hash[field] == 'grp' then isForeign = true end
                    end
                end
            end
        end
        call('EXISTS', waitKey, activeKey, prioritizedKey, pcKey, completedKey, failedKey, markerKey, eventsKey, leasesKey,
            limiterKey, unpack(future))
        local hashes, isPlain, isStalled = {}, points == 0 and not due and not hasGroups and not isForeign, false
        if isSliding ~= duration then isSliding = nil end
        if isSliding then call('EXISTS', slicesKey) end
        if count > 0 then
            local rare, bare = { stalledKey }, { false, false, false, false }
            for index = 1, count do
                local job, run = jobs[index], runs[index]
                local hash
                if run.outcome == 'c' then
                    hash = call('HLEN', job) == 9 and bare
                        or call('HMGET', job, 'atm', 'parentKey', 'deid', 'defa', 'priority', 'cnl', 'ats', 'grp', 'dps')
                    local size, rule = #rare, run.rule
                    rare[size + 1], rare[size + 2] = job .. ':dependencies', job .. ':unsuccessful'
                    if hash[2] or hash[3] or hash[4] or hash[8] or hash[9] or rule and (rule.count or rule.age) then isPlain = false end
                else
                    hash = call('HMGET', job, 'atm', 'parentKey', 'deid', 'defa', 'priority', 'cnl', 'ats', 'grp', 'dps')
                    isPlain = false
                end
                hashes[index] = hash
            end
            local found = 0
            for first = 1, #rare, 2000 do
                found = found + call('EXISTS', unpack(rare, first, math.min(first + 1999, #rare)))
            end
            if found > 0 then
                isStalled = call('EXISTS', stalledKey) == 1
                if found > 1 or not isStalled then isPlain = false end
            end
        end
        local completed, failed = {}, {}
        local finished = 0
        local settle, promoteOnce, endSettling, wake
        local wakeRested, takeByTurns, park, nextRest, hasParked
        local fetched = {}
        if not isPlain then
            for index, id in ipairs(ready) do fetched[id] = readyHashes[index] end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        function promoteOnce()
            if not due then return end
            local ids = due
            due = nil
            for index, id in ipairs(ids) do
                local priority, group = unpack(priorities[index])
                if call('ZREM', delayedKey, id) == 1 and (priority or call('EXISTS', base .. id) == 1) then
                    pushBack(id, tonumber(priority) or 0, group)
                    emit('waiting', 'jobId', id, 'prev', 'delayed')
                    call('HSET', base .. id, 'delay', '0')
                end
            end
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function passes(read, ...)
            local isRead, answer = pcall(read, ...)
            if isRead then return true, answer end
            local text = type(answer) == 'table' and answer.err or tostring(answer)
            if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
            return false
        end
        local soundQueues, soundParents = {}, {}
        local function readTyped(parent)
            local queue = queueOf(parent)
            if not soundQueues[queue.base] then
                call('HLEN', queue.meta)
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
                    call('ZCARD', key)
                end
                call('GET', queue.pc)
                call('XRANGE', queue.events, '0-1', '0-1')
                soundQueues[queue.base] = true
            end
            local name = call('HGET', parent, 'grp')
            call('SCARD', parent .. ':dependencies')
            call('HLEN', parent .. ':processed')
            call('HLEN', parent .. ':failed')
            call('ZCARD', parent .. ':unsuccessful')
            if not name then return end
            local groups = groupsAt(queue.base)
            local group = groupAt(groups, name)
            call('HLEN', groups.turns)
            for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
            call('SCARD', group.running)
            call('HLEN', group.rule)
            call('HLEN', group.rate)
        end
        local function isSound(parent)
            if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
            return soundParents[parent]
        end
        local function lookAtEnd(job, value)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local stamp, first = string.match(value, '^(%d*) (.*)$')
            if first == '' then first = nil end
            local parent, text, finished, result, reason =
                unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
            local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
            if item.isGone then
                if first and isSound(first) then
                    local failed = call('ZSCORE', first .. ':unsuccessful', job)
                    item.result = call('HGET', first .. ':processed', job)
                    item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                        or failed and failed ~= stamp and 'the job failed and was removed')
                end
            elseif not finished or finished == stamp then
                return
            elseif call('ZSCORE', other .. 'completed', id) then
                item.result = result or 'null'
            elseif call('ZSCORE', other .. 'failed', id) then
                item.reason, item.finished = reason or '', finished
            else
                return
            end
            if item.parent and not isSound(item.parent) then item.parent = nil end
            call('SCARD', sharedQueuesOf(other))
            local others = dependentsOf(job)
            item.parents = #others
            for _, dependent in ipairs(others) do
                if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
            end
            return item
        end
        local function endOf(job, value)
            local isRead, item = passes(lookAtEnd, job, value)
            return isRead and item or nil
        end
        local function tellEndOf(item, own)
            local job = item.job
            for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
            if own then
                if own[item.parent or ''] then item.parent = nil end
                for _, dependent in ipairs(dependentsOf(job)) do
                    if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
                end
            end
            if item.result then
                tellCompleted(job, item.parent, true, item.result)
            elseif item.reason then
                tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
            end
            if item.isGone then
                leaveParents(job, item.parent, true)
                call('DEL', dependentsKey(job))
            end
        end
        local function leftoverOf(job)
            if call('EXISTS', dependentsKey(job)) == 0 then return end
            local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
            return item or { job = job, isBare = true }
        end
        local function tellLeftover(item, own)
            if not item.isBare then return tellEndOf(item, own) end
            call('DEL', dependentsKey(item.job))
            noteTold(item.job)
        end
        local function tellIn(queue, name, ...)
            if queue.hasTrimmed then
                call('XADD', queue.events, eventID, 'event', name, ...)
                return
            end
            queue.hasTrimmed = true
            call('XADD', queue.events, 'MAXLEN', '~', queue.kept or '10000', eventID, 'event', name, ...)
            if not queue.kept then
                queue.kept = '10000'
                call('HSET', queue.meta, 'opts.maxLenEvents', queue.kept)
                call('SADD', KEYS[#KEYS], queue.base)
            end
        end
        local openedQueues, leftovers = {}, {}
        local function openQueue(other, id, group)
            local queue = openedQueues[other]
            if not queue then
                queue = queueOf(other .. 'x')
                queue.base, queue.id = other, other .. 'id'
                queue.kept = call('HGET', queue.meta, 'opts.maxLenEvents')
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                call('ZCARD', queue.prioritized)
                call('ZCARD', queue.children)
                call('ZCARD', queue.marker)
                call('GET', queue.pc)
                call('GET', queue.id)
                call('XRANGE', queue.events, '0-1', '0-1')
                if not queue.kept then call('SCARD', KEYS[#KEYS]) end
                openedQueues[other] = queue
            end
            call('HLEN', other .. id)
            leftovers[other .. id] = leftoverOf(other .. id)
            if group then readGroup(groupsAt(other), group) end
            return queue
        end
        local function copyJob(source, queue, id, options, priority, group, isFirst)
            local job = queue.base .. id
            local name, data = unpack(call('HMGET', source, 'name', 'data'))
            call('INCR', queue.id)
            if call('EXISTS', job) == 1 then
                tellIn(queue, 'duplicated', 'jobId', id)
                return
            end
            tellIn(queue, 'added', 'jobId', id, 'name', name or '')
            if leftovers[job] then tellLeftover(leftovers[job]) end
            leftovers[job] = nil
            call('HSET', job, 'name', name or '', 'data', data or '{}', 'opts', options, 'timestamp', nowText, 'delay', '0',
                'priority', priority)
            if group then call('HSET', job, 'grp', group) end
            enterIn(queue, id, tonumber(priority), isFirst, group)
            tellIn(queue, 'waiting', 'jobId', id)
            markOf(queue)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local function decode(text)
            local isObject, value = pcall(cjson.decode, text)
            return isObject and type(value) == 'table' and value or {}
        end
        local function enter(id, priority, isFirst, due, options)
            local group = type(options.group) == 'string' and options.group ~= '' and options.group
            if group then call('HSET', base .. id, 'grp', group) end
            if due > now then
                pushDelayed(id, due)
                emit('delayed', 'jobId', id, 'delay', integer(due))
            else
                if isFirst and priority == 0 then pushFront(id, 0, group) else pushBack(id, priority, group) end
                emit('waiting', 'jobId', id)
            end
        end
        local function endDeduplication(id, deduplication)
            local holder, postponed = deduplicationKeys(deduplication)
            local remaining = call('PTTL', holder)
            if remaining == 0 or (remaining == -1 and call('GET', holder) == id) then call('DEL', holder) end
            local name, data, opts, chosen, parentKey, parent, pending, scheduler, start =
                unpack(call('HMGET', postponed, 'name', 'data', 'opts', 'jid', 'pk', 'pd', 'pdk', 'rjk', 'at'))
            if not opts then return end
            local number = integer(call('INCR', idKey))
            local newID = chosen or number
            local job, options = base .. newID, decode(opts)
            local rule = type(options.de) == 'table' and options.de or {}
            local due = tonumber(start) or now + (tonumber(options.delay) or 0)
            local delay, priority = math.max(due - now, 0), tonumber(options.priority) or 0
            if call('EXISTS', job) == 1 then
                call('DEL', postponed)
                emit('duplicated', 'jobId', newID)
                return
            end
            local lifetime = not rule.keepLastIfActive and tonumber(rule.ttl) or 0
            if lifetime > 0 then
                call('SET', holder, newID, 'PX', integer(lifetime))
            else
                call('SET', holder, newID)
            end
            call('HSET', job, 'name', name or '', 'data', data or '{}', 'opts', opts, 'timestamp', nowText,
                'delay', integer(delay), 'priority', integer(priority), 'deid', deduplication)
            if parentKey then call('HSET', job, 'parentKey', parentKey) end
            if parent then call('HSET', job, 'parent', parent) end
            if scheduler then call('HSET', job, 'rjk', scheduler) end
            emit('added', 'jobId', newID, 'name', name or '')
            enter(newID, priority, options.lifo, due, options)
            if pending then call('SADD', pending, job) end
            call('DEL', postponed)
        end
        local function countFinished(metricsKey, points)
            local before = call('HINCRBY', metricsKey, 'count', 1) - 1
            local since, counted = unpack(call('HMGET', metricsKey, 'prevTS', 'prevCount'))
            if not since then
                call('HSET', metricsKey, 'prevTS', nowText, 'prevCount', '0')
                return
            end
            local minutes = math.min(math.floor(now / 60000) - math.floor((tonumber(since) or 0) / 60000), points)
            if minutes <= 0 then return end
            local list = metricsKey .. ':data'
            call('LPUSH', list, integer(before - (tonumber(counted) or 0)))
            for _ = 2, minutes do call('LPUSH', list, '0') end
            call('LTRIM', list, 0, points - 1)
            call('HSET', metricsKey, 'prevCount', integer(before), 'prevTS', nowText)
        end
        local function appendTrace(traces, trace, keep)
            local isArray, list = pcall(cjson.decode, traces or '[]')
            if not isArray or type(list) ~= 'table' then list = {} end
            list[#list + 1] = trace
            while #list > keep do table.remove(list, 1) end
            return #list == 0 and '[]' or cjson.encode(list)
        end
        local finishedAs = { completed = 0, failed = 0 }
        local retained, known = {}, { completed = {}, failed = {} }
        local function finish(id, hash, target, value, rule, ...)
            local job, made = base .. id, integer((tonumber(hash[1]) or 0) + 1)
            if hash[3] then endDeduplication(id, hash[3]) end
            local parent, isShared = hash[2], hash[9]
            if parent or isShared then
                if target == 'completed' then
                    tellCompleted(job, parent, isShared, value)
                else
                    tellFailed(job, parent, call('HGET', job, 'parent'), isShared, value)
                end
                fetched = {}
            end
            finished = finished + 1
            finishedAs[target] = finishedAs[target] + 1
            local field = target == 'completed' and 'returnvalue' or 'failedReason'
            if rule and rule.count == 0 then
                deleteJob(id, false)
            else
                call('HSET', job, 'atm', made, field, value, 'finishedOn', nowText, ...)
                if hash[4] then call('HDEL', job, 'defa') end
                local list = target == 'completed' and completed or failed
                local size = #list
                list[size + 1], list[size + 2] = nowText, id
                if rule and (rule.count or rule.age) and not known[target][rule] then
                    known[target][rule] = true
                    retained[#retained + 1] = { key = target == 'completed' and completedKey or failedKey, rule = rule }
                end
            end
            emit(target, 'jobId', id, field, value, 'prev', 'active')
            return made
        end
        local function traces(id, operand)
            local keep = tonumber(ARGV[operand])
            if keep < 0 then return end
            return 'stacktrace', appendTrace(call('HGET', base .. id, 'stacktrace'), ARGV[operand + 1], keep)
        end
        local function enter(id, hash, delay, push)
            if hash[6] and hash[6] == hash[7] then call('HSET', base .. id, 'defa', 'cancelled') end
            if delay > 0 then
                pushDelayed(id, now + delay)
                emit('delayed', 'jobId', id, 'delay', integer(now + delay))
            else
                if push ~= pushFront then promoteOnce() end
                push(id, tonumber(hash[5]) or 0, hash[8])
                emit('waiting', 'jobId', id, 'prev', 'active')
            end
        end
        local function holdQueue(span)
            holdEnd = math.max(holdEnd, now + span)
            if holdEnd <= now then return end
            call('HSET', metaKey, 'drover:heldUntil', integer(holdEnd))
            call('SET', limiterKey, '9007199254740991', 'PX', integer(holdEnd - now))
        end
        local function complete(id, hash, result, rule)
            if call('SCARD', base .. id .. ':dependencies') > 0 then
                finish(id, hash, 'failed', 'Job ' .. id .. ' has pending dependencies. moveToFinished')
            elseif call('EXISTS', base .. id .. ':unsuccessful') == 1 then
                finish(id, hash, 'failed',
                    'Cannot complete job ' .. id .. ' because it has at least one failed child. moveToFinished')
            else
                finish(id, hash, 'completed', result, rule)
                return true
            end
        end
        local function await(id, hash)
            local job = base .. id
            if call('EXISTS', job .. ':unsuccessful') == 1 then
                finish(id, hash, 'failed',
                    'Cannot complete job ' .. id .. ' because it has at least one failed child. moveToWaitingChildren')
            elseif hash[6] and hash[6] == hash[7] or call('SCARD', job .. ':dependencies') == 0 then
                enter(id, hash, 0, pushFront)
            else
                call('HSET', job, 'delay', '0')
                call('ZADD', childrenKey, nowText, id)
                emit('waiting-children', 'jobId', id, 'prev', 'active')
            end
        end
        function settle(id, hash, run, operand)
            local outcome = run.outcome
            if hash[8] and leaveGroup(groupsAt(base), hash[8], id, 'active') then hasPushed = true end
            if outcome == 'c' then
                complete(id, hash, ARGV[operand], run.rule)
            elseif outcome == 'k' then
                if complete(id, hash, ARGV[operand], run.rule) then
                    local ends = integer(now + tonumber(ARGV[operand + 2]))
                    call('SET', ARGV[operand + 1], nowText .. '\n' .. ends .. '\n' .. ARGV[operand], 'PX', ARGV[operand + 2])
                end
            elseif outcome == 'f' or outcome == 'd' then
                local letter = outcome == 'd' and ARGV[operand + 5]
                if letter then
                    local group = ARGV[operand + 8] ~= '' and ARGV[operand + 8]
                    copyJob(base .. id, openQueue(ARGV[operand + 4], letter, group), letter, ARGV[operand + 6],
                        ARGV[operand + 7], group, ARGV[operand + 9] == '1')
                end
                local made = finish(id, hash, 'failed', ARGV[operand], run.rule, traces(id, operand + 1))
                if ARGV[operand + 3] == '1' then emit('retries-exhausted', 'jobId', id, 'attemptsMade', made) end
                if letter then
                    local queue = string.match(ARGV[operand + 4], '([^:]*):$')
                    emit('dead-lettered', 'jobId', id, 'deadLetterQueue', queue, 'deadLetterJobId', letter)
                end
            elseif outcome == 'x' then
                finish(id, hash, 'failed', 'cancelled', run.rule)
            elseif outcome == 'r' then
                call('HSET', base .. id, 'atm', integer((tonumber(hash[1]) or 0) + 1), 'failedReason', ARGV[operand + 1],
                    'delay', ARGV[operand], traces(id, operand + 2))
                enter(id, hash, tonumber(ARGV[operand]), pushAgain)
            elseif outcome == 's' then
                if ARGV[operand] ~= '0' then call('HSET', base .. id, 'delay', ARGV[operand]) end
                enter(id, hash, tonumber(ARGV[operand]), pushBack)
            elseif outcome == 'w' then
                await(id, hash)
            else
                enter(id, hash, 0, pushFront)
                if outcome == 'l' then holdQueue(tonumber(ARGV[operand])) end
            end
        end
        function endSettling()
            for index = 2, #failed, 2 do call('HDEL', base .. failed[index], 'defa') end
            if points > 0 then
                for _ = 1, finishedAs.completed do countFinished(completedMetricsKey, points) end
                for _ = 1, finishedAs.failed do countFinished(failedMetricsKey, points) end
            end
            local budget = 1000
            for _, item in ipairs(retained) do
                budget = budget - retain(item.key, item.rule.count, item.rule.age, budget)
            end
        end
            call('EXISTS', idKey, childrenKey, completedMetricsKey, failedMetricsKey)
            for index = 1, count do
                local hash = hashes[index]
                if hash[2] or hash[9] then readParents(jobs[index], hash[2], hash[9]) end
                if hash[3] then call('EXISTS', deduplicationKeys(hash[3])) end
                if runs[index].outcome == 'k' then call('GET', ARGV[places[index] + 1]) end
                if runs[index].outcome == 'd' then
                    local at = places[index]
                    openQueue(ARGV[at + 4], ARGV[at + 5], ARGV[at + 8] ~= '' and ARGV[at + 8])
                end
            end
            for index = 1, due and #due or 0 do
                if priorities[index][2] then readGroup(groupsAt(base), priorities[index][2]) end
            end
            for index = 1, count do
                if hashes[index][8] then readGroup(groupsAt(base), hashes[index][8]) end
            end
            if limit >= 0 and not paused then
        local function wakeGroups(queue, names)
            for _, name in ipairs(names) do
                local group = groupAt(queue, name)
                local most = ruleOf(queue, group).concurrency
                if most and call('SCARD', group.running) >= most then
                    for _, id in ipairs(call('SRANDMEMBER', group.running, 10)) do
                        if not call('LPOS', queue.active, id) then call('SREM', group.running, id) end
                    end
                end
                call('ZREM', queue.resting, name)
                refreshGroup(queue, group)
            end
        end
        local function beginInGroup(group, rule)
            local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
            if not stop or tonumber(stop) <= now or tonumber(stop) - now > rule.per then
                begun, stop = 0, integer(now + rule.per)
                call('HSET', group.rate, 'end', stop)
                call('PEXPIRE', group.rate, integer(2 * rule.per + 60000))
            end
            call('HSET', group.rate, 'begun', integer((tonumber(begun) or 0) + 1))
        end
        local function takeTurns(queue, wanted, plains, hand)
            if call('ZCARD', queue.ring) == 0 then return end
            clockOf(queue)
            local picks, isCut = {}, true
            for _ = 1, wanted + 50 do
                local head = #picks < wanted and call('ZRANGE', queue.ring, 0, 0, 'WITHSCORES') or {}
                if not head[1] then
                    while #picks < wanted and plains > 0 do
                        picks[#picks + 1], plains = false, plains - 1
                    end
                    isCut = false
                    break
                end
                local turn, first = tonumber(head[2]), math.max(queue.plain, queue.now)
                local group = readGroup(queue, head[1])
                local rule = ruleOf(queue, group)
                if (rule.max or rule.concurrency) and restOf(queue, group) then
                    refreshGroup(queue, group)
                elseif plains > 0 and first <= turn then
                    queue.now, queue.plain, plains = first, first + 5040, plains - 1
                    picks[#picks + 1] = false
                else
                    local id = call('ZPOPMIN', group.waiting)[1]
                    local score = id and call('ZSCORE', queue.children, id)
                    local hash, name = score and tonumber(score) < 0 and call('HGETALL', queue.base .. id) or {}, nil
                    for field = 1, #hash, 2 do
                        if hash[field] == 'grp' then name = hash[field + 1] end
                    end
                    if score and tonumber(score) < 0 and (name == group.name or not hash[1]) then
                        call('ZREM', queue.children, id)
                    else
                        hash = {}
                    end
                    if hash[1] then
                        queue.now = turn
                        call('ZADD', queue.ring, integer(turn + strideOf(rule)), group.name)
                        call('SADD', group.running, id)
                        local mustFail = hand(id, hash)
                        if rule.max and not mustFail then beginInGroup(group, rule) end
                        picks[#picks + 1] = id
                    end
                    refreshGroup(queue, group)
                end
            end
            call('HSET', queue.turns, 'now', integer(queue.now), 'plain', integer(queue.plain))
            return picks, isCut
        end
        local groups, rested = groupsAt(base), {}
        if hasGroups then
            rested = call('ZRANGEBYSCORE', groups.resting, '-inf', nowText, 'LIMIT', 0, 50)
            local full, most = integer(fullScore), integer(fullScore + now)
            for _, name in ipairs(call('ZRANGEBYSCORE', groups.resting, full, most, 'LIMIT', 0, 10)) do
                rested[#rested + 1] = name
            end
            for _, name in ipairs(rested) do readGroup(groups, name) end
            for _, name in ipairs(call('ZRANGE', groups.ring, 0, limit)) do readGroup(groups, name) end
        end
        function wakeRested() wakeGroups(groups, rested) end
        function takeByTurns(wanted, hand)
            if not hasGroups then return end
            return takeTurns(groups, wanted, call('LLEN', waitKey) + call('ZCARD', prioritizedKey), hand)
        end
        function nextRest()
            local rest = hasGroups and tonumber(call('ZRANGE', groups.resting, 0, 0, 'WITHSCORES')[2])
            return rest and rest < fullScore and rest
        end
        function park(id, name, priority)
            hasParked = true
            call('SREM', groupAt(groups, name).running, id)
            pushFront(id, tonumber(priority) or 0, name)
        end
            end
            wake = mark
        end
        if count > 0 then
            local isOwn, owned, own = {}, 0, {}
            for index = 1, count do
                local id, holder, mine = ids[index], holders[index], runs[index].token
                if holder then
                    isOwn[index] = holder == mine
                else
                    local lease = call('HGET', leasesKey, id)
                    local start = leaseStart(call('HGET', jobs[index], 'ats'), mine)
                    isOwn[index] = lease and string.sub(lease, 1, #start) == start
                end
                if isOwn[index] and not own[id] then own[id], owned = true, owned + 1 end
            end
            local areLast = owned == count and count > 2
            if areLast then
                for _, id in ipairs(call('LRANGE', activeKey, -count, '-1')) do
                    if own[id] then owned, own[id] = owned - 1, nil else areLast = false end
                end
                areLast = areLast and owned == 0
                if areLast then call('LTRIM', activeKey, '0', -1 - count) end
            end
            local statuses, ended, endedLocks = {}, {}, {}
            for index = 1, count do
                local id = ids[index]
                if isOwn[index] and (areLast or call('LREM', activeKey, '-1', id) == 1) then
                    statuses[index] = 's'
                    local size = #ended + 1
                    ended[size], endedLocks[size] = id, locks[index]
                    if isPlain then
                        local made, result = hashes[index][1], ARGV[places[index]]
                        call('HSET', jobs[index], 'atm', made and integer((tonumber(made) or 0) + 1) or '1', 'returnvalue', result,
                            'finishedOn', nowText)
                        if hasTrimmed then
                            call('XADD', eventsKey, eventID, 'event', 'completed', 'jobId', id, 'returnvalue', result, 'prev', 'active')
                        else
                            emit('completed', 'jobId', id, 'returnvalue', result, 'prev', 'active')
                        end
                        completed[2 * size - 1], completed[2 * size] = nowText, id
                        finished = finished + 1
                    else
                        fetched[id] = nil
                        settle(id, hashes[index], runs[index], places[index])
                    end
                else
                    statuses[index] = 'l'
                end
            end
            reply[1] = table.concat(statuses)
            if #ended > 0 then
                callAll('HDEL', leasesKey, ended)
                for first = 1, #ended, 4000 do call('DEL', unpack(endedLocks, first, math.min(first + 3999, #ended))) end
                if isStalled then callAll('SREM', stalledKey, ended) end
            end
            if #completed > 0 then callAll('ZADD', completedKey, completed) end
            if #failed > 0 then callAll('ZADD', failedKey, failed) end
        end
        if not isPlain then
            endSettling()
            promoteOnce()
            hasGroups = hasGroups or groupsAt(base).isMarked
        end
        local wanted, wait = paused and 0 or limit, nil
        if wakeRested and limit > 0 then wakeRested() end
        local rateLeft, begin
        if limit > 0 and not paused and (concurrency or max or holdEnd > now) then
        local span = math.max(math.floor(math.abs(tonumber(duration) or 1000)), 1)
        local slice = math.max(math.ceil(span / 100), 1)
        local function leftByRate()
            if isSliding then
                if (tonumber(call('GET', limiterKey)) or 0) >= 9007199254740991 then
                    local held = call('PTTL', limiterKey)
                    if held > 0 then return 0, held end
                end
                local begun, first, over, last = 0, nil, {}, math.floor(now / slice) + 1
                local slices = call('HGETALL', slicesKey)
                for index = 1, #slices, 2 do
                    local stop = (tonumber(slices[index]) + 1) * slice + span
                    if stop > now and tonumber(slices[index]) <= last then
                        begun, first = begun + tonumber(slices[index + 1]), math.min(first or stop, stop)
                    else
                        over[#over + 1] = slices[index]
                    end
                end
                if #over > 0 then callAll('HDEL', slicesKey, over) end
                return math.max(max - begun, 0), first and first - now
            end
            local begun = tonumber(call('GET', limiterKey)) or 0
            if begun < max then return max - begun end
            local remaining = call('PTTL', limiterKey)
            if remaining > 0 then return 0, remaining end
            call('DEL', limiterKey)
            return max
        end
        function begin()
            if call('INCR', limiterKey) == 1 then call('PEXPIRE', limiterKey, integer(span)) end
            if isSliding then
                call('HINCRBY', slicesKey, integer(math.floor(now / slice)), '1')
                call('PEXPIRE', slicesKey, integer(2 * span + 60000))
            end
        end
            if holdEnd > now then wanted = 0 end
            if concurrency then wanted = math.max(math.min(wanted, concurrency - call('LLEN', activeKey)), 0) end
            if max then
                rateLeft = leftByRate
                wanted = math.min(wanted, (rateLeft()))
            end
        end
        local claimed, leases, mayBeMore, isMoved = {}, {}, false, false
        local worker, lease = ARGV[5], ARGV[3]
        local special
        local leaseEnd = leaseStart('', token) .. integer(now + tonumber(lease))
        local turns, handed, plainWanted, isCut = nil, {}, wanted, false
        if takeByTurns and wanted > 0 then
            turns, isCut = takeByTurns(wanted, function(id, hash)
                local job, attempt, failure, opts, isShared = base .. id, 1, nil, '', false
                for field = 1, #hash, 2 do
                    local name = hash[field]
                    if name == 'ats' then
                        attempt = (tonumber(hash[field + 1]) or 0) + 1
                    elseif name == 'defa' then
                        failure = true
                    elseif name == 'opts' then
                        opts = hash[field + 1]
                    elseif name == 'cnl' then
                        call('HDEL', job, 'cnl')
                    elseif name == 'dps' then
                        isShared = true
                    end
                end
                if max and not failure then begin() end
                call('SET', lockKey(id), token, 'PX', lease)
                call('HSET', job, 'processedOn', nowText, 'ats', integer(attempt), 'pb', worker)
                if isShared or string.find(opts, '"resultCache":', 1, true) then
                    special = special or {}
                    special[#special + 1] = { job, hash }
                end
                handed[id] = { attempt, hash }
                return failure
            end)
            if turns then
                plainWanted = 0
                for _, id in ipairs(turns) do
                    if not id then plainWanted = plainWanted + 1 end
                end
            end
        end
        if plainWanted > 0 then
            mayBeMore = true
            local source, step = waitKey, 1
            for _ = 1, 10 do
                local open, candidates, size, known = plainWanted - #claimed, nil, nil, nil
                if source == prioritizedKey then
                    candidates, step = call('ZPOPMIN', prioritizedKey, open), 2
                    size = #candidates
                    if size == 0 then
                        call('DEL', pcKey)
                        mayBeMore = false
                        break
                    end
                elseif isPlain and #ready > 0 then
                    size = math.min(open, #ready)
                    if open == 1 and readyHashes[#ready][1] and type(redis.pcall('RPOPLPUSH', waitKey, activeKey)) == 'string' then
                        isMoved = true
                    else
                        call('LTRIM', waitKey, '0', -1 - size)
                    end
                    if size < math.min(open, 2000) then source = prioritizedKey end
                    candidates, known, ready = ready, #ready + 1, {}
                else
                    candidates = call('RPOP', waitKey, open) or {}
                    size = #candidates
                    if size < open then source = prioritizedKey end
                end
                for index = 1, size, step do
                    local id, job, lock, hash
                    if known then
                        local place = known - index
                        id, job, lock, hash = candidates[place], readyJobs[place], future[place], readyHashes[place]
                    else
                        id = candidates[index]
                        job, lock = base .. id, lockKey(id)
                        hash = fetched[id] or call('HGETALL', job)
                    end
                    if hash[1] then
                        local attempt, failure, group, opts, isShared = 1, nil, nil, hash[6], false
                        if #hash ~= 12 or hash[1] ~= 'name' or hash[3] ~= 'data' or hash[5] ~= 'opts' or hash[7] ~= 'timestamp'
                            or hash[9] ~= 'delay' or hash[11] ~= 'priority' then
                            for field = 1, #hash, 2 do
                                local name = hash[field]
                                if name == 'ats' then
                                    attempt = (tonumber(hash[field + 1]) or 0) + 1
                                elseif name == 'defa' then
                                    failure = true
                                elseif name == 'cnl' then
                                    call('HDEL', job, 'cnl')
                                elseif name == 'opts' then
                                    opts = hash[field + 1]
                                elseif name == 'grp' and park then
                                    group = hash[field + 1]
                                elseif name == 'dps' then
                                    isShared = true
                                end
                            end
                        end
                        if group then
                            park(id, group, call('HGET', job, 'priority'))
                        else
                            if max and not failure then begin() end
                            local attemptText = attempt == 1 and '1' or integer(attempt)
                            call('SET', lock, token, 'PX', lease)
                            if turns then
                            elseif hasTrimmed then
                                call('XADD', eventsKey, eventID, 'event', 'active', 'jobId', id, 'prev', 'waiting')
                            else
                                emit('active', 'jobId', id, 'prev', 'waiting')
                            end
                            call('HSET', job, 'processedOn', nowText, 'ats', attemptText, 'pb', worker)
                            local size = #claimed
                            claimed[size + 1] = id
                            leases[2 * size + 1], leases[2 * size + 2] = id, attemptText .. leaseEnd
                            if isShared or opts and string.find(opts, '"resultCache":', 1, true) then
                                special = special or {}
                                special[#special + 1] = { job, hash }
                            end
                            local last = 3 * size + 4
                            reply[last + 1], reply[last + 2], reply[last + 3] = id, attempt, hash
                        end
                    end
                end
                if #claimed >= plainWanted then break end
            end
        end
        isCut = isCut or #claimed < plainWanted
            and (mayBeMore or (turns or hasParked) and call('EXISTS', base .. 'drover:ring') == 1)
        if turns then
            local plain, rest, size, place = claimed, {}, 4, 0
            for index = 5, #reply do rest[index - 4] = reply[index] end
            claimed = {}
            for _, id in ipairs(turns) do
                local attempt, hash
                if id then
                    attempt, hash = handed[id][1], handed[id][2]
                    leases[#leases + 1], leases[#leases + 2] = id, integer(attempt) .. leaseEnd
                elseif place < #plain then
                    place = place + 1
                    id, attempt, hash = plain[place], rest[3 * place - 1], rest[3 * place]
                end
                if id then
                    emit('active', 'jobId', id, 'prev', 'waiting')
                    claimed[#claimed + 1] = id
                    reply[size + 1], reply[size + 2], reply[size + 3] = id, attempt, hash
                    size = size + 3
                end
            end
        end
        if special then
        local function showDependents(job, hash)
            for field = 1, #hash, 2 do
                if hash[field] == 'dps' then
                    local list = redis.pcall('LRANGE', job .. ':dependents', 0, -1)
                    hash[field + 1] = list.err and '' or table.concat(list, '\n')
                end
            end
        end
        local function hashOf(job)
            local hash = call('HGETALL', job)
            showDependents(job, hash)
            return hash
        end
        local function resultKey(name, key)
            local function escaped(text) return (string.gsub(string.gsub(text, '%%', '%%25'), ':', '%%3A')) end
            name = escaped(name)
            return base .. 'drover:result-' .. #name .. '-' .. name .. escaped(key)
        end
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
            for _, item in ipairs(special) do
                showDependents(item[1], item[2])
                addCached(item[2])
            end
        end
        if wanted > 0 then
            if #claimed > 0 then
                if not isMoved then callAll('LPUSH', activeKey, claimed) end
                callAll('HSET', leasesKey, leases)
                call('ZADD', markerKey, '0', '0')
            end
        end
        if wake then wake(paused, concurrency) end
        if finished > 0 and #claimed == 0 and call('EXISTS', waitKey, activeKey, prioritizedKey) == 0
            and (not hasGroups or call('ZCOUNT', base .. 'waiting-children', '-inf', '(0') == 0) then
            emit('drained')
        end
        if limit > 0 and #claimed < limit then
            if not isPlain then earliest = nextDue() end
            local rest = nextRest and nextRest()
            if rest then earliest = math.min(earliest or rest, rest) end
            if not paused and holdEnd > now then
                wait = holdEnd - now
            elseif rateLeft then
                local left, remaining = rateLeft()
                if left == 0 then wait = remaining end
            end
            reply[3] = wait or earliest and math.max(earliest - now, 0) or -1
            if isCut then reply[3] = 0 end
            if concurrency and not paused and call('LLEN', activeKey) >= concurrency and (reply[3] < 0 or reply[3] > 5000) then
                reply[3] = 5000
            end
        end
        if concurrency and #claimed == 0 and not paused and string.find(reply[1], 's', 1, true)
            and call('LLEN', activeKey) < concurrency
            and (call('EXISTS', waitKey, prioritizedKey) > 0 or nextRest and call('EXISTS', base .. 'drover:ring') > 0) then
            call('ZADD', markerKey, '0', '0')
        end
        if #claimed > 0 or string.find(reply[1], 's', 1, true) then
            local period = limit > 0 and ARGV[3] or '30000'
            local line = ARGV[7] .. '\n' .. integer(now + tonumber(period)) .. '\n' .. (count > 0 and reply[1] or '-')
            if #claimed > 0 then line = line .. '\n' .. table.concat(claimed, '\n') end
            call('SET', memoryKey, line, 'PX', period)
        end
        return reply
        """#, sha: "688d091534bd270aac9ce918557130fb7fa71434")

    /// `fire.lua`
    static let fire = RedisScript(name: "fire", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function decode(text)
            local isObject, value = pcall(cjson.decode, text)
            return isObject and type(value) == 'table' and value or {}
        end
        local function enter(id, priority, isFirst, due, options)
            local group = type(options.group) == 'string' and options.group ~= '' and options.group
            if group then call('HSET', base .. id, 'grp', group) end
            if due > now then
                pushDelayed(id, due)
                emit('delayed', 'jobId', id, 'delay', integer(due))
            else
                if isFirst and priority == 0 then pushFront(id, 0, group) else pushBack(id, priority, group) end
                emit('waiting', 'jobId', id)
            end
        end
        local function member(name, value) return value and ',"' .. name .. '":' .. value or '' end
        local function text(value) return value and cjson.encode(value) end
        local function iterationOptions(id, scheduler, slot, delay, count, fields)
            local template = string.match(fields.opts or '', '^%s*{(.*)}%s*$') or ''
            local isEmpty = not string.find(template, '%S')
            local pattern = text(fields.pattern)
            return '{' .. template .. (isEmpty and '' or ',') .. '"repeat":{"count":' .. integer(count) .. member('pattern', pattern)
                .. member('tz', text(fields.tz)) .. member('every', fields.every) .. member('offset', fields.offset)
                .. member('limit', fields.limit) .. member('startDate', fields.startDate) .. member('endDate', fields.endDate) .. '}'
                .. member('jobId', text(id)) .. (pattern and member('prevMillis', integer(slot)) or '')
                .. member('timestamp', nowText) .. member('delay', integer(delay)) .. member('repeatJobKey', text(scheduler)) .. '}'
        end
        local function fieldsOf(key)
            local list, fields = call('HGETALL', key), {}
            for index = 1, #list, 2 do fields[list[index]] = list[index + 1] end
            return fields
        end
        local function addIteration(scheduler, slot, due, count, fields)
            local id = iterationID(scheduler, slot)
            local options = decode(fields.opts or '{}')
            local priority, delay = tonumber(options.priority) or 0, math.max(due - now, 0)
            call('INCR', idKey)
            emit('added', 'jobId', id, 'name', fields.name)
            call('HSET', base .. id, 'name', fields.name, 'data', fields.data or '{}',
                'opts', iterationOptions(id, scheduler, slot, delay, count, fields), 'timestamp', nowText,
                'delay', integer(delay), 'priority', integer(priority), 'rjk', scheduler)
            enter(id, priority, options.lifo == true, due, options)
            return id
        end
        local function nextSlot(previous, every, offset, start)
            local slot
            local function aligned()
                local slot = math.floor(now / every) * every + offset
                return slot > now and slot or slot + every
            end
            if previous then
                slot = previous + every
                if slot < now then slot = aligned() end
            elseif start then
                slot = math.max(start, now)
            elseif offset > 0 then
                slot = aligned()
            else
                slot = now
            end
            if offset == 0 then offset = slot - math.floor(slot / every) * every end
            return slot, offset
        end
        local function unclaimed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('EXISTS', base .. id) == 0 then return end
            local state = stateOf(id)
            if state == 'waiting' or state == 'prioritized' or state == 'grouped' or state == 'delayed' then return id, state end
        end
        local function takeAwayDelayed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('ZREM', delayedKey, id) == 0 then return end
            emit('removed', 'jobId', id, 'prev', 'delayed')
            deleteJob(id, true)
        end
        local id, hash = ARGV[2], schedulerKey(ARGV[2])
        call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, markerKey, eventsKey, idKey, repeatKey, hash)
        local slot = tonumber(call('ZSCORE', repeatKey, id))
        if not slot then return { call('ZSCORE', pausedSchedulersKey, id) and 'stale' or 'notFound', '' } end
        local fields = fieldsOf(hash)
        if not fields.ic then return { 'notFound', '' } end
        if slot ~= tonumber(ARGV[3]) or tonumber(fields.ended) == slot then return { 'stale', '' } end
        local next = tonumber(ARGV[4])
        if not next then
            call('HSET', hash, 'ended', integer(slot))
            return { 'ended', '' }
        end
        local nextID = iterationID(id, next)
        local paused, concurrency
        paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
        if call('EXISTS', base .. nextID) == 1 then
            emit('duplicated', 'jobId', nextID)
            return { 'duplicate', nextID }
        end
        local rule = decode(call('HGET', base .. iterationID(id, slot), 'opts') or '')['repeat']
        local count = type(rule) == 'table' and tonumber(rule.count) or tonumber(fields.ic) or 0
        call('ZADD', repeatKey, integer(next), id)
        call('HINCRBY', hash, 'ic', '1')
        addIteration(id, next, tonumber(ARGV[5]) or next, count + 1, fields)
        mark(paused, concurrency)
        return { 'fired', nextID }
        """#, sha: "4c4b302048250e173166599db6588b8592c8a0b5")

    /// `flow.lua`
    static let flow = RedisScript(name: "flow", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function passes(read, ...)
            local isRead, answer = pcall(read, ...)
            if isRead then return true, answer end
            local text = type(answer) == 'table' and answer.err or tostring(answer)
            if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
            return false
        end
        local soundQueues, soundParents = {}, {}
        local function readTyped(parent)
            local queue = queueOf(parent)
            if not soundQueues[queue.base] then
                call('HLEN', queue.meta)
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
                    call('ZCARD', key)
                end
                call('GET', queue.pc)
                call('XRANGE', queue.events, '0-1', '0-1')
                soundQueues[queue.base] = true
            end
            local name = call('HGET', parent, 'grp')
            call('SCARD', parent .. ':dependencies')
            call('HLEN', parent .. ':processed')
            call('HLEN', parent .. ':failed')
            call('ZCARD', parent .. ':unsuccessful')
            if not name then return end
            local groups = groupsAt(queue.base)
            local group = groupAt(groups, name)
            call('HLEN', groups.turns)
            for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
            call('SCARD', group.running)
            call('HLEN', group.rule)
            call('HLEN', group.rate)
        end
        local function isSound(parent)
            if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
            return soundParents[parent]
        end
        local function lookAtEnd(job, value)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local stamp, first = string.match(value, '^(%d*) (.*)$')
            if first == '' then first = nil end
            local parent, text, finished, result, reason =
                unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
            local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
            if item.isGone then
                if first and isSound(first) then
                    local failed = call('ZSCORE', first .. ':unsuccessful', job)
                    item.result = call('HGET', first .. ':processed', job)
                    item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                        or failed and failed ~= stamp and 'the job failed and was removed')
                end
            elseif not finished or finished == stamp then
                return
            elseif call('ZSCORE', other .. 'completed', id) then
                item.result = result or 'null'
            elseif call('ZSCORE', other .. 'failed', id) then
                item.reason, item.finished = reason or '', finished
            else
                return
            end
            if item.parent and not isSound(item.parent) then item.parent = nil end
            call('SCARD', sharedQueuesOf(other))
            local others = dependentsOf(job)
            item.parents = #others
            for _, dependent in ipairs(others) do
                if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
            end
            return item
        end
        local function endOf(job, value)
            local isRead, item = passes(lookAtEnd, job, value)
            return isRead and item or nil
        end
        local function tellEndOf(item, own)
            local job = item.job
            for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
            if own then
                if own[item.parent or ''] then item.parent = nil end
                for _, dependent in ipairs(dependentsOf(job)) do
                    if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
                end
            end
            if item.result then
                tellCompleted(job, item.parent, true, item.result)
            elseif item.reason then
                tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
            end
            if item.isGone then
                leaveParents(job, item.parent, true)
                call('DEL', dependentsKey(job))
            end
        end
        local function leftoverOf(job)
            if call('EXISTS', dependentsKey(job)) == 0 then return end
            local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
            return item or { job = job, isBare = true }
        end
        local function tellLeftover(item, own)
            if not item.isBare then return tellEndOf(item, own) end
            call('DEL', dependentsKey(item.job))
            noteTold(item.job)
        end
        local function tellIn(queue, name, ...)
            if queue.hasTrimmed then
                call('XADD', queue.events, eventID, 'event', name, ...)
                return
            end
            queue.hasTrimmed = true
            call('XADD', queue.events, 'MAXLEN', '~', queue.kept or '10000', eventID, 'event', name, ...)
            if not queue.kept then
                queue.kept = '10000'
                call('HSET', queue.meta, 'opts.maxLenEvents', queue.kept)
                call('SADD', KEYS[#KEYS], queue.base)
            end
        end
        local width, first = 9, 4
        local count = (#ARGV - first + 1) / width
        local queues, order = {}, {}
        local function open(other)
            if queues[other] then return queues[other] end
            local queue = queueOf(other .. 'x')
            queue.base, queue.id, queue.pcKey = other, other .. 'id', other .. 'pc'
            queue.paused, queue.concurrency, queue.kept, queue.most =
                unpack(call('HMGET', queue.meta, 'paused', 'concurrency', 'opts.maxLenEvents', 'drover:maxLength'))
            queue.length = call('LLEN', queue.wait) + call('LLEN', other .. 'paused') + call('ZCARD', queue.prioritized)
                + call('ZCARD', queue.delayed) + call('ZCOUNT', queue.children, '-inf', '(0')
            call('LLEN', queue.active)
            call('ZCARD', queue.children)
            call('ZCARD', queue.marker)
            call('GET', queue.pc)
            call('GET', queue.id)
            call('XRANGE', queue.events, '0-1', '0-1')
            queues[other], order[#order + 1] = queue, queue
            return queue
        end
        local function readChildren(job)
            call('SCARD', job .. ':dependencies')
            call('HLEN', job .. ':processed')
            call('HLEN', job .. ':failed')
            call('ZCARD', job .. ':unsuccessful')
        end
        call('SCARD', KEYS[2])
        local function parentsOf(job)
            local parents = {}
            local key, text, isShared = unpack(call('HMGET', job, 'parentKey', 'parent', 'dps'))
            if key then parents[1] = { key = key, text = text } end
            for _, other in ipairs(isShared and dependentsOf(job) or {}) do
                parents[#parents + 1] = { key = other.parent, word = other.word }
            end
            return parents
        end
        local function allAbove(job)
            local seen, open = { [job] = true }, { job }
            while #open > 0 do
                for _, parent in ipairs(parentsOf(table.remove(open))) do
                    if not seen[parent.key] then seen[parent.key], open[#open + 1] = true, parent.key end
                end
            end
            return seen
        end
        local function living(parents)
            local found = {}
            for _, parent in ipairs(parents) do
                if call('EXISTS', parent.key) == 1 then found[#found + 1] = parent end
            end
            return found
        end
        local outer, hasEnded = ARGV[2] ~= '' and ARGV[2], false
        if outer then
            if call('EXISTS', outer) == 0 then return { 'unknown' } end
            local above, outerID = string.match(outer, '^(.*:)([^:]*)$')
            open(above)
            readChildren(outer)
            hasEnded = call('ZSCORE', above .. 'completed', outerID) or call('ZSCORE', above .. 'failed', outerID)
            local group = call('HGET', outer, 'grp')
            if group then readGroup(groupsAt(above), group) end
        end
        local above
        local nodes, entering, full, tooLong = {}, {}, nil, nil
        for index = 1, count do
            local at = first + (index - 1) * width
            local queue = open(ARGV[at])
            local node = {
                queue = queue, hasChildren = ARGV[at + 2] == '1', isReference = ARGV[at + 2] == 'r', id = ARGV[at + 3], at = at,
                bonds = {},
            }
            for place, word in string.gmatch(ARGV[at + 1], '(%d+) (%a+)') do
                node.bonds[#node.bonds + 1] = { place = tonumber(place), word = word }
            end
            if #node.bonds > 1 or node.id ~= '' then
                call('HLEN', sharedKeyOf(queue.base))
                call('SCARD', sharedQueuesOf(queue.base))
            end
            local length, from = string.match(ARGV[at + 8], '^g(%d+):()')
            if length then
                local stop = from + tonumber(length)
                node.group = length ~= '0' and string.sub(ARGV[at + 8], from, stop - 1)
                ARGV[at + 8] = string.sub(ARGV[at + 8], stop)
                if node.group then readGroup(groupsAt(queue.base), node.group) end
            end
            if node.id ~= '' then
                node.key = queue.base .. node.id
                node.isKnown = call('EXISTS', node.key) == 1
                readChildren(node.key)
                node.leftover = not node.isKnown and leftoverOf(node.key)
                call('LLEN', dependentsKey(node.key))
            end
            nodes[index] = node
            if node.isReference and not node.isKnown then return { 'nowhere', node.key } end
            if index == 1 and hasEnded then
                local isOuters = false
                for _, parent in ipairs(node.isKnown and parentsOf(node.key) or {}) do isOuters = isOuters or parent.key == outer end
                if not isOuters then return { 'ended' } end
                outer = false
            end
            if node.isKnown then
                node.parents = living(parentsOf(node.key))
                if index == 1 then
                    local isOuters = #node.parents == 0
                    for _, parent in ipairs(node.parents) do isOuters = isOuters or parent.key == outer end
                    if outer and not isOuters then return { 'other', node.key } end
                else
                    if node.hasChildren then return { 'taken', node.key } end
                    if not node.isReference and #node.parents > 0 then return { 'other', node.key } end
                    if #node.parents + #node.bonds > 5000 then return { 'many', node.key } end
                end
                if outer then above = above or allAbove(outer) end
                if outer and above[node.key] then return { 'above', node.key } end
                if index == 1 then break end
            elseif not node.hasChildren then
                entering[queue] = (entering[queue] or 0) + 1
                local most = tonumber(queue.most)
                if most and entering[queue] > most then tooLong = tooLong or { 'long', queue.base .. integer(most) } end
                if most and queue.length + entering[queue] > most then full = full or '!' .. integer(most) end
            end
        end
        if tooLong then return tooLong end
        if full then return full end
        local function childOptions(options, parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"parent":{"id":' .. cjson.encode(id) .. ',"queue":' .. cjson.encode(queueKey) .. '}' .. flagText(word) .. ','
                .. string.sub(options, 2)
        end
        local function share(job, parents, stamp)
            for place = 2, #parents do call('RPUSH', dependentsKey(job), parents[place].word .. ' ' .. parents[place].key) end
            call('HSET', job, 'dps', '1')
            noteTold(job, stamp, parents[1].key)
        end
        local linked = {}
        local function link(node, bonds)
            if #bonds == 0 then return end
            local id, parents, wasShared = string.match(node.key, '[^:]*$'), node.parents, call('HGET', node.key, 'dps')
            local hasCompleted = call('ZSCORE', node.queue.base .. 'completed', id)
            local hasFailed = call('ZSCORE', node.queue.base .. 'failed', id)
            for _, bond in ipairs(bonds) do
                local parent = bond.key
                local isTold = hasFailed and (call('HEXISTS', parent .. ':failed', node.key) == 1
                    or call('ZSCORE', parent .. ':unsuccessful', node.key))
                if not isTold then
                    if hasFailed then
                        local reason = call('HGET', node.key, 'failedReason') or ''
                        linked[#linked + 1] = { node.key, parent, policyOf(bond.word), reason }
                    end
                    call('SREM', parent .. ':dependencies', node.key)
                    call('HDEL', parent .. ':processed', node.key)
                    call('HDEL', parent .. ':failed', node.key)
                    call('ZREM', parent .. ':unsuccessful', node.key)
                    if hasCompleted then
                        call('HSET', parent .. ':processed', node.key, call('HGET', node.key, 'returnvalue') or 'null')
                    else
                        call('SADD', parent .. ':dependencies', node.key)
                    end
                end
                local place = #parents + 1
                for other = 1, #parents do
                    if parents[other].key == parent then place = other end
                end
                parents[place] = bond
            end
            call('HSET', node.key, 'parentKey', parents[1].key, 'parent', parents[1].text or parentText(parents[1].key, parents[1].word))
            local told
            if wasShared then
                local entry = call('HGET', sharedKeyOf(node.queue.base), id)
                told = entry and string.match(entry, '^%d*')
                call('DEL', dependentsKey(node.key))
                call('HDEL', node.key, 'dps')
                noteTold(node.key)
            end
            if #parents < 2 then return end
            local finished = (hasCompleted or hasFailed) and call('HGET', node.key, 'finishedOn') or ''
            local stamp = not hasCompleted and finished or nil
            if finished ~= '' and told and told ~= finished then stamp = told end
            share(node.key, parents, stamp)
        end
        local function tellFailures()
            for _, failure in ipairs(linked) do childFailed(unpack(failure)) end
        end
        if nodes[1].isKnown then
            local node = nodes[1]
            call('INCR', node.queue.id)
            if outer then
                link(node, { { key = outer, word = ARGV[3] } })
                tellFailures()
                wakeParentIfDone(outer)
            end
            tellIn(node.queue, 'duplicated', 'jobId', node.id)
            return '=' .. node.id
        end
        local function enter(node, due)
            local queue, id, priority, entry = node.queue, node.id, ARGV[node.at + 7], ARGV[node.at + 8]
            if due and due > now then
                delayIn(queue, id, due)
                queue.hasDelayed = true
                tellIn(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                return
            end
            enterIn(queue, id, tonumber(priority), entry == 'l' or string.byte(entry) == 102, node.group)
            queue.hasPushed = true
            tellIn(queue, 'waiting', 'jobId', id)
        end
        for index, node in ipairs(nodes) do
            local queue, at, bonds = node.queue, node.at, node.bonds
            for _, bond in ipairs(bonds) do bond.key = nodes[bond.place].key end
            if index == 1 and outer then bonds = { { key = outer, word = ARGV[3] } } end
            if node.isReference then
                link(node, bonds)
            elseif node.isKnown then
                call('INCR', queue.id)
                link(node, bonds)
                tellIn(queue, 'duplicated', 'jobId', node.id)
            else
                local number = integer(call('INCR', queue.id))
                if node.id == '' then
                    while call('EXISTS', queue.base .. number) == 1 do number = integer(call('INCR', queue.id)) end
                    node.id, node.key = number, queue.base .. number
                end
                local entry, due = ARGV[at + 8], nil
                local span = tonumber(string.sub(entry, 2))
                if span then due = string.byte(entry) == 97 and now + span or span end
                local delay = due and due > now and integer(due - now) or '0'
                tellIn(queue, 'added', 'jobId', node.id, 'name', ARGV[at + 4])
                if node.leftover then
                    local own = {}
                    for _, bond in ipairs(bonds) do own[bond.key] = true end
                    tellLeftover(node.leftover, own)
                end
                local parent, options = bonds[1], ARGV[at + 6]
                if parent then options = childOptions(options, parent.key, parent.word) end
                call('HSET', node.key, 'name', ARGV[at + 4], 'data', ARGV[at + 5], 'opts', options, 'timestamp', nowText,
                    'delay', delay, 'priority', ARGV[at + 7])
                if node.group then call('HSET', node.key, 'grp', node.group) end
                if parent then
                    call('HSET', node.key, 'parentKey', parent.key, 'parent', parentText(parent.key, parent.word))
                    for _, bond in ipairs(bonds) do call('SADD', bond.key .. ':dependencies', node.key) end
                    if #bonds > 1 then share(node.key, bonds, '') end
                end
                if node.hasChildren then
                    call('ZADD', queue.children, nowText, node.id)
                    tellIn(queue, 'waiting-children', 'jobId', node.id)
                else
                    enter(node, due)
                end
            end
        end
        tellFailures()
        for _, node in ipairs(nodes) do
            if node.hasChildren then wakeParentIfDone(node.key) end
        end
        for _, queue in ipairs(order) do
            if queue.hasPushed then markOf(queue) end
            if queue.hasDelayed then markDelayOf(queue) end
        end
        return '+' .. nodes[1].id
        """#, sha: "9fe94340a76fd37d81b918aa307db55fb9fb2f27")

    /// `flowCommand.lua`
    static let flowCommand = RedisScript(name: "flowCommand", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function parentsOf(job)
            local parents, key, isShared = {}, unpack(call('HMGET', job, 'parentKey', 'dps'))
            if key then parents[1] = key end
            for _, other in ipairs(isShared and dependentsOf(job) or {}) do parents[#parents + 1] = other.parent end
            return parents, key, isShared
        end
        local function isChild(job, parent)
            if call('HGET', job, 'parentKey') == parent then return true end
            for _, key in ipairs(parentsOf(job)) do
                if key == parent then return true end
            end
            return false
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local id, command, most = ARGV[2], ARGV[3], tonumber(ARGV[4])
        local root = base .. id
        if call('EXISTS', root) == 0 then return 'notFound' end
        local function placeOf(job)
            if job == root then local queue = queueOf(base .. 'x') return queue, id, base end
            local queue, other = queueOf(job)
            return queue, other, string.match(job, '^(.*:)[^:]*$')
        end
        local function isActive(job)
            local queue, other = placeOf(job)
            return call('EXISTS', job .. ':lock') == 1 or call('LPOS', queue.active, other)
        end
        local function isPending(job, parent)
            return call('EXISTS', parent) == 1 and call('SISMEMBER', parent .. ':dependencies', job) == 1
        end
        if command == 'detach' then
            local parents, key, isShared = parentsOf(root)
            local isAwaited = false
            for _, parent in ipairs(parents) do isAwaited = isAwaited or isPending(root, parent) end
            if not isAwaited then return 'noParent' end
            readParents(root, key, isShared)
            leaveParents(root, key, isShared)
            call('HDEL', root, 'parentKey', 'parent', 'dps')
            call('DEL', dependentsKey(root))
            return 'done'
        end
        local isPendingOnly = command == 'removeUnprocessedChildren'
        local function isUnprocessed(job)
            local queue, other = placeOf(job)
            return not isActive(job) and not call('ZSCORE', queue.failed, other)
        end
        local function childrenOf(job, isPendingOnly)
            local keys = call('SMEMBERS', job .. ':dependencies')
            if not isPendingOnly then
                for _, list in ipairs({
                    call('HKEYS', job .. ':processed'), call('HKEYS', job .. ':failed'), call('ZRANGE', job .. ':unsuccessful', 0, -1),
                }) do
                    for _, key in ipairs(list) do keys[#keys + 1] = key end
                end
            end
            local own = {}
            for _, key in ipairs(keys) do
                if isChild(key, job) then own[#own + 1] = key end
            end
            return own
        end
        local first = isPendingOnly and childrenOf(root, true) or { root }
        local found, open, seen, isFound = {}, {}, { [root] = true }, { [root] = true }
        for index, job in ipairs(first) do open[index], seen[job] = job, true end
        while #open > 0 do
            local job = table.remove(open)
            if not isPendingOnly or isUnprocessed(job) then
                found[#found + 1], isFound[job] = job, true
                if #found > most then return 'tooMany' end
                for _, child in ipairs(childrenOf(job, isPendingOnly)) do
                    if not seen[child] then seen[child], open[#open + 1] = true, child end
                end
            end
        end
        local kept, keeping = {}, {}
        local function keep(job)
            if job ~= root and isFound[job] and not kept[job] then kept[job], keeping[#keeping + 1] = true, job end
        end
        for _, job in ipairs(found) do
            for _, parent in ipairs(parentsOf(job)) do
                if not isFound[parent] and isPending(job, parent) then keep(job) end
            end
        end
        while #keeping > 0 do
            for _, child in ipairs(childrenOf(table.remove(keeping), true)) do keep(child) end
        end
        local leaving, isLeaving = {}, {}
        for _, job in ipairs(found) do
            if not kept[job] then leaving[#leaving + 1], isLeaving[job] = job, true end
        end
        if not isPendingOnly then
            if isPendingIteration(id) then return 'scheduled' end
            for _, job in ipairs(leaving) do
                if isActive(job) then return 'active' end
            end
        end
        for _, child in ipairs(isPendingOnly and first or {}) do
            if kept[child] then
                local _, key, isShared = parentsOf(child)
                readParents(child, key, isShared)
                call('EXISTS', child, dependentsKey(child))
            end
        end
        for _, job in ipairs(leaving) do
            local queue, _, name = placeOf(job)
            call('EXISTS', queue.wait, queue.prioritized, queue.delayed, queue.failed, queue.children, queue.events,
                name .. 'completed', name .. 'paused', jobKeys(job))
            local group = call('HGET', job, 'grp')
            local _, key, isShared = parentsOf(job)
            if key or isShared then readParents(job, key, isShared) end
            if group then readGroup(groupsAt(name), group) end
        end
        for _, job in ipairs(leaving) do
            local queue, other, name = placeOf(job)
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            leaveParents(job, parent, isShared, false, isLeaving)
            local place
            for _, suffix in ipairs({ 'completed', 'waiting-children', 'delayed', 'failed', 'prioritized' }) do
                local score = not place and call('ZSCORE', name .. suffix, other)
                if score and call('ZREM', name .. suffix, other) == 1 then
                    place = suffix
                    if tonumber(score) < 0 then
                        place = 'grouped'
                        leaveGroup(groupsAt(name), call('HGET', job, 'grp') or '', other, place)
                    end
                end
            end
            if not place then place = call('LREM', queue.wait, -1, other) == 1 and 'wait' or 'unknown' end
            if place == 'unknown' and call('LREM', name .. 'paused', -1, other) == 1 then place = 'paused' end
            if deduplication and call('GET', name .. 'de:' .. deduplication) == other then
                call('DEL', name .. 'de:' .. deduplication, name .. 'dn:' .. deduplication)
            end
            call('DEL', jobKeys(job))
            emitTo(queue, 'removed', 'jobId', other, 'prev', place)
        end
        for _, child in ipairs(isPendingOnly and first or {}) do
            if kept[child] then
                detach(child, root)
                forgetParent(child, root)
            end
        end
        return 'done'
        """#, sha: "af459f0e4c357d89d05a75a0ed55dded6c31b123")

    /// `heartbeat.lua`
    static let heartbeat = RedisScript(name: "heartbeat", source: #"""
        local call, workersKey, queuesKey = redis.call, KEYS[1], KEYS[2]
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local function isGone(base)
            return call('EXISTS', base .. 'meta', base .. 'id', base .. 'wait', base .. 'paused', base .. 'active',
                base .. 'prioritized', base .. 'delayed', base .. 'completed', base .. 'failed', base .. 'waiting-children',
                base .. 'repeat', base .. 'events') == 0
        end
        local started, isChange = {}, false
        local all = call('HGETALL', workersKey)
        for index = 1, #all, 2 do
            local report = cjson.decode(all[index + 1])
            if tonumber(report[2]) + tonumber(report[3]) <= now then
                call('HDEL', workersKey, all[index])
            else
                started[all[index]] = report[1]
            end
        end
        for index = 4, #KEYS do
            local first = 8 * index - 30
            local id, validFor = ARGV[first], ARGV[first + 1]
            if tonumber(validFor) <= 0 then
                started[id], isChange = nil, true
                call('HSET', workersKey, id, '')
                call('HDEL', workersKey, id)
            else
                if not started[id] then started[id], isChange = nowText, true end
                local report = { started[id], nowText, unpack(ARGV, first + 1, first + 6) }
                call('HSET', workersKey, id, cjson.encode(report))
            end
            if call('EXISTS', KEYS[index]) == 1 then call('SADD', queuesKey, ARGV[first + 7]) end
        end
        if isChange then
            local bases, gone = call('SMEMBERS', queuesKey), {}
            for index = 1, math.min(#bases, 1000) do
                local base = bases[(now + index) % #bases + 1]
                if isGone(base) then gone[#gone + 1] = base end
            end
            if #gone > 0 then call('SREM', queuesKey, unpack(gone)) end
        end
        return call('EXISTS', KEYS[3])
        """#, sha: "fffdb8e38a22cd9f1aac377d085add7f26e071de")

    /// `holder.lua`
    static let holder = RedisScript(name: "holder", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local function showDependents(job, hash)
            for field = 1, #hash, 2 do
                if hash[field] == 'dps' then
                    local list = redis.pcall('LRANGE', job .. ':dependents', 0, -1)
                    hash[field + 1] = list.err and '' or table.concat(list, '\n')
                end
            end
        end
        local function hashOf(job)
            local hash = call('HGETALL', job)
            showDependents(job, hash)
            return hash
        end
        local holderKey, keptKey = deduplicationKeys(ARGV[1])
        local id = call('GET', holderKey)
        if not id then return {} end
        local reply = { id, call('PTTL', holderKey), call('HGET', keptKey, 'jid') or '' }
        local hash = hashOf(base .. id)
        if #hash > 0 then
            local state, more = stateOf(id), ''
            if state == 'delayed' then
                more = call('ZSCORE', delayedKey, id)
            elseif state == 'active' and isHeldElsewhere(id, call('HGET', base .. id, 'ats')) then
                more = 'elsewhere'
            end
            reply[4], reply[5], reply[6] = state, more, hash
        end
        return reply
        """#, sha: "a435bac8c164573c20017ebbf99716c9b33a16a1")

    /// `jobs.lua`
    static let jobs = RedisScript(name: "jobs", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local function showDependents(job, hash)
            for field = 1, #hash, 2 do
                if hash[field] == 'dps' then
                    local list = redis.pcall('LRANGE', job .. ':dependents', 0, -1)
                    hash[field + 1] = list.err and '' or table.concat(list, '\n')
                end
            end
        end
        local function hashOf(job)
            local hash = call('HGETALL', job)
            showDependents(job, hash)
            return hash
        end
        local reply = {}
        for index, id in ipairs(ARGV) do
            local hash = hashOf(base .. id)
            if #hash == 0 then
                reply[index] = {}
            else
                local state = stateOf(id)
                local more = ''
                if state == 'delayed' then
                    more = call('ZSCORE', delayedKey, id)
                elseif state == 'active' and isHeldElsewhere(id, call('HGET', base .. id, 'ats')) then
                    more = 'elsewhere'
                end
                reply[index] = { state, more, hash }
            end
        end
        return reply
        """#, sha: "af52ff457e9bc294235822f365f538dc81da5315")

    /// `list.lua`
    static let list = RedisScript(name: "list", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function fromRight(key, passed, count)
            if count <= 0 then return {} end
            local ids, turned = call('LRANGE', key, -(passed + count), -1 - passed), {}
            for index = #ids, 1, -1 do turned[#turned + 1] = ids[index] end
            return turned
        end
        local function behind(isAscending, cursor)
            local lastScore, lastID = string.match(cursor, '^([^\t]*)\t(.*)$')
            if not lastScore then return function() return true end end
            lastScore = tonumber(lastScore)
            return function(score, id)
                score = tonumber(score)
                if score == lastScore then return isAscending == (id > lastID) and id ~= lastID end
                return isAscending == (score > lastScore)
            end
        end
        local function walk(key, isAscending, cursor, bound, limit, visit, from)
            local isBehind, lastScore = behind(isAscending, cursor), string.match(cursor, '^([^\t]*)\t')
            local command, start = 'ZREVRANGEBYSCORE', lastScore or from or '+inf'
            if isAscending then command, start = 'ZRANGEBYSCORE', lastScore or from or '-inf' end
            local offset, visited = 0, 0
            while visited < limit do
                local part = call(command, key, start, bound, 'WITHSCORES', 'LIMIT', offset, limit)
                for index = 1, #part, 2 do
                    local id, score = part[index], part[index + 1]
                    if visited < limit and isBehind(score, id) then
                        visit(id, score)
                        visited, cursor = visited + 1, score .. '\t' .. id
                    end
                end
                if #part < limit * 2 then break end
                offset = offset + limit
            end
            return visited, cursor
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local function showDependents(job, hash)
            for field = 1, #hash, 2 do
                if hash[field] == 'dps' then
                    local list = redis.pcall('LRANGE', job .. ':dependents', 0, -1)
                    hash[field + 1] = list.err and '' or table.concat(list, '\n')
                end
            end
        end
        local function hashOf(job)
            local hash = call('HGETALL', job)
            showDependents(job, hash)
            return hash
        end
        local state, isAscending, limit, cursor = ARGV[1], ARGV[2] == 'ascending', tonumber(ARGV[3]), ARGV[4]
        local key, reply, idsOnly = keyOf[state], { '' }, ARGV[6] == 'ids'
        local function show(id, score)
            if idsOnly then
                reply[#reply + 1] = id
                reply[#reply + 1] = score
                return
            end
            local hash = hashOf(base .. id)
            if #hash == 0 then return end
            if state == 'active' and isHeldElsewhere(id, call('HGET', base .. id, 'ats')) then score = 'elsewhere' end
            reply[#reply + 1] = id
            reply[#reply + 1] = score
            reply[#reply + 1] = hash
        end
        if state == 'waiting' or state == 'active' then
            local parts = {}
            for part in string.gmatch(cursor, '[^\t]+') do parts[#parts + 1] = part end
            local passed = tonumber(parts[1]) or 0
            local function read(from, count)
                if isAscending then return fromRight(key, from, count) end
                return count > 0 and call('LRANGE', key, from, from + count - 1) or {}
            end
            if #parts > 1 then
                local from = math.max(passed - 1000, 0)
                local near, places, found = read(from, passed - from + 1000), {}, nil
                for place, id in ipairs(near) do places[id] = from + place end
                for index = 2, #parts do found = found or places[parts[index]] end
                for _, index in ipairs(found and {} or { 2, #parts }) do
                    local place = not found and call('LPOS', key, parts[index], 'RANK', isAscending and '-1' or '1', 'MAXLEN', passed + 100000)
                    if place then found = isAscending and call('LLEN', key) - place or place + 1 end
                end
                passed = found or isAscending and 0 or passed
            end
            local ids = read(passed, limit)
            for _, id in ipairs(ids) do show(id, '') end
            if idsOnly then
                reply[1] = passed
            elseif #ids == limit then
                local last = { string.format('%.0f', passed + #ids) }
                for index = #ids, math.max(1, #ids - 19), -1 do last[#last + 1] = ids[index] end
                reply[1] = table.concat(last, '\t')
            end
            return reply
        end
        local scores = scoresOf[state] or { '-inf', ARGV[7] or '+inf' }
        if ARGV[7] and not isAscending and not scoresOf[state] then scores = { ARGV[7], '+inf' } end
        if ARGV[5] ~= '' then
            key, scores = groupAt(groupsAt(base), ARGV[5]).waiting, { '-inf', '+inf' }
        end
        local shown, last = walk(key, isAscending, cursor, scores[isAscending and 2 or 1], limit, show, scores[isAscending and 1 or 2])
        if not idsOnly and shown == limit then reply[1] = last end
        return reply
        """#, sha: "cc5443ba0e80446a89b361b274c93b16956edc9f")

    /// `listGroups.lua`
    static let listGroups = RedisScript(name: "listGroups", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local queue, cursor = groupsAt(base), ARGV[3]
        local names
        if ARGV[1] == 'ascending' then
            names = call('ZRANGEBYLEX', queue.names, cursor == '' and '-' or '(' .. cursor, '+', 'LIMIT', 0, ARGV[2])
        else
            names = call('ZREVRANGEBYLEX', queue.names, cursor == '' and '+' or '(' .. cursor, '-', 'LIMIT', 0, ARGV[2])
        end
        local reply = {}
        local function text(number) return number and string.format('%d', number) or '' end
        local function addLimits(key)
            local weight, concurrency, max, per = unpack(call('HMGET', key, 'weight', 'concurrency', 'max', 'per'))
            for _, part in ipairs({ weight or '', concurrency or '', max or '', per or '' }) do reply[#reply + 1] = part end
        end
        addLimits(queue.turns)
        for _, name in ipairs(names) do
            local group = groupAt(queue, name)
            local rule = ruleOf(queue, group)
            for _, part in ipairs({
                name, call('ZCARD', group.waiting), call('SCARD', group.running), rule.isPaused and '1' or '', text(rule.weight),
                text(rule.concurrency), text(rule.max), text(rule.per),
            }) do
                reply[#reply + 1] = part
            end
            addLimits(group.rule)
        end
        return reply
        """#, sha: "def12f17603c0bd4003604705ad313ac2a317af2")

    /// `move.lua`
    static let move = RedisScript(name: "move", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function passes(read, ...)
            local isRead, answer = pcall(read, ...)
            if isRead then return true, answer end
            local text = type(answer) == 'table' and answer.err or tostring(answer)
            if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
            return false
        end
        local soundQueues, soundParents = {}, {}
        local function readTyped(parent)
            local queue = queueOf(parent)
            if not soundQueues[queue.base] then
                call('HLEN', queue.meta)
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
                    call('ZCARD', key)
                end
                call('GET', queue.pc)
                call('XRANGE', queue.events, '0-1', '0-1')
                soundQueues[queue.base] = true
            end
            local name = call('HGET', parent, 'grp')
            call('SCARD', parent .. ':dependencies')
            call('HLEN', parent .. ':processed')
            call('HLEN', parent .. ':failed')
            call('ZCARD', parent .. ':unsuccessful')
            if not name then return end
            local groups = groupsAt(queue.base)
            local group = groupAt(groups, name)
            call('HLEN', groups.turns)
            for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
            call('SCARD', group.running)
            call('HLEN', group.rule)
            call('HLEN', group.rate)
        end
        local function isSound(parent)
            if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
            return soundParents[parent]
        end
        local function lookAtEnd(job, value)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local stamp, first = string.match(value, '^(%d*) (.*)$')
            if first == '' then first = nil end
            local parent, text, finished, result, reason =
                unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
            local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
            if item.isGone then
                if first and isSound(first) then
                    local failed = call('ZSCORE', first .. ':unsuccessful', job)
                    item.result = call('HGET', first .. ':processed', job)
                    item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                        or failed and failed ~= stamp and 'the job failed and was removed')
                end
            elseif not finished or finished == stamp then
                return
            elseif call('ZSCORE', other .. 'completed', id) then
                item.result = result or 'null'
            elseif call('ZSCORE', other .. 'failed', id) then
                item.reason, item.finished = reason or '', finished
            else
                return
            end
            if item.parent and not isSound(item.parent) then item.parent = nil end
            call('SCARD', sharedQueuesOf(other))
            local others = dependentsOf(job)
            item.parents = #others
            for _, dependent in ipairs(others) do
                if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
            end
            return item
        end
        local function endOf(job, value)
            local isRead, item = passes(lookAtEnd, job, value)
            return isRead and item or nil
        end
        local function tellEndOf(item, own)
            local job = item.job
            for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
            if own then
                if own[item.parent or ''] then item.parent = nil end
                for _, dependent in ipairs(dependentsOf(job)) do
                    if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
                end
            end
            if item.result then
                tellCompleted(job, item.parent, true, item.result)
            elseif item.reason then
                tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
            end
            if item.isGone then
                leaveParents(job, item.parent, true)
                call('DEL', dependentsKey(job))
            end
        end
        local function leftoverOf(job)
            if call('EXISTS', dependentsKey(job)) == 0 then return end
            local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
            return item or { job = job, isBare = true }
        end
        local function tellLeftover(item, own)
            if not item.isBare then return tellEndOf(item, own) end
            call('DEL', dependentsKey(item.job))
            noteTold(item.job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function decode(text)
            local isObject, value = pcall(cjson.decode, text)
            return isObject and type(value) == 'table' and value or {}
        end
        local function enter(id, priority, isFirst, due, options)
            local group = type(options.group) == 'string' and options.group ~= '' and options.group
            if group then call('HSET', base .. id, 'grp', group) end
            if due > now then
                pushDelayed(id, due)
                emit('delayed', 'jobId', id, 'delay', integer(due))
            else
                if isFirst and priority == 0 then pushFront(id, 0, group) else pushBack(id, priority, group) end
                emit('waiting', 'jobId', id)
            end
        end
        local function member(name, value) return value and ',"' .. name .. '":' .. value or '' end
        local function text(value) return value and cjson.encode(value) end
        local function iterationOptions(id, scheduler, slot, delay, count, fields)
            local template = string.match(fields.opts or '', '^%s*{(.*)}%s*$') or ''
            local isEmpty = not string.find(template, '%S')
            local pattern = text(fields.pattern)
            return '{' .. template .. (isEmpty and '' or ',') .. '"repeat":{"count":' .. integer(count) .. member('pattern', pattern)
                .. member('tz', text(fields.tz)) .. member('every', fields.every) .. member('offset', fields.offset)
                .. member('limit', fields.limit) .. member('startDate', fields.startDate) .. member('endDate', fields.endDate) .. '}'
                .. member('jobId', text(id)) .. (pattern and member('prevMillis', integer(slot)) or '')
                .. member('timestamp', nowText) .. member('delay', integer(delay)) .. member('repeatJobKey', text(scheduler)) .. '}'
        end
        local function fieldsOf(key)
            local list, fields = call('HGETALL', key), {}
            for index = 1, #list, 2 do fields[list[index]] = list[index + 1] end
            return fields
        end
        local function addIteration(scheduler, slot, due, count, fields)
            local id = iterationID(scheduler, slot)
            local options = decode(fields.opts or '{}')
            local priority, delay = tonumber(options.priority) or 0, math.max(due - now, 0)
            call('INCR', idKey)
            emit('added', 'jobId', id, 'name', fields.name)
            call('HSET', base .. id, 'name', fields.name, 'data', fields.data or '{}',
                'opts', iterationOptions(id, scheduler, slot, delay, count, fields), 'timestamp', nowText,
                'delay', integer(delay), 'priority', integer(priority), 'rjk', scheduler)
            enter(id, priority, options.lifo == true, due, options)
            return id
        end
        local function nextSlot(previous, every, offset, start)
            local slot
            local function aligned()
                local slot = math.floor(now / every) * every + offset
                return slot > now and slot or slot + every
            end
            if previous then
                slot = previous + every
                if slot < now then slot = aligned() end
            elseif start then
                slot = math.max(start, now)
            elseif offset > 0 then
                slot = aligned()
            else
                slot = now
            end
            if offset == 0 then offset = slot - math.floor(slot / every) * every end
            return slot, offset
        end
        local function unclaimed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('EXISTS', base .. id) == 0 then return end
            local state = stateOf(id)
            if state == 'waiting' or state == 'prioritized' or state == 'grouped' or state == 'delayed' then return id, state end
        end
        local function takeAwayDelayed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('ZREM', delayedKey, id) == 0 then return end
            emit('removed', 'jobId', id, 'prev', 'delayed')
            deleteJob(id, true)
        end
        local stored, body = unpack(call('HMGET', moveKey, 'mark', 'body'))
        if (stored or '') ~= ARGV[2] then return { 'conflict', body or '' } end
        local at = 6
        local function nextValue()
            at = at + 1
            return ARGV[at - 1]
        end
        local function nextList()
            local list = {}
            for index = 1, tonumber(nextValue()) do list[index] = nextValue() end
            return list
        end
        local function nextJob()
            local job = { id = nextValue(), state = nextValue(), score = tonumber(nextValue()), opts = nextValue() }
            job.fields, job.log = nextList(), nextList()
            job.deduplication, job.holds, job.remaining = nextValue(), nextValue() == '1', tonumber(nextValue())
            return job
        end
        local schedules, jobs, leavingSchedules, leaving = {}, {}, {}, {}
        for index = 1, tonumber(nextValue()) do
            local schedule = { id = nextValue(), slot = tonumber(nextValue()), isPaused = nextValue() == '1', fields = {} }
            local list = nextList()
            for place = 1, #list, 2 do schedule.fields[list[place]] = list[place + 1] end
            if nextValue() == '1' then schedule.pending = nextJob() end
            schedules[index] = schedule
        end
        for index = 1, tonumber(nextValue()) do jobs[index] = nextJob() end
        for index = 1, tonumber(nextValue()) do leavingSchedules[index] = { id = nextValue(), slot = tonumber(nextValue()) } end
        for index = 1, tonumber(nextValue()) do leaving[index] = { id = nextValue(), stamp = nextValue() } end
        local paused, concurrency
        paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
        local isNew = not keptEvents
        call('LLEN', waitKey)
        call('LLEN', activeKey)
        for _, key in ipairs({
            prioritizedKey, delayedKey, completedKey, failedKey, markerKey, repeatKey, pausedSchedulersKey, childrenKey,
        }) do
            call('ZCARD', key)
        end
        call('GET', pcKey)
        call('XRANGE', eventsKey, '0-1', '0-1')
        call('SCARD', KEYS[2])
        local lastID = tonumber(call('GET', idKey) or '0') or 0
        local refused, isKnown = { 'refused' }, {}
        local function look(job)
            local name, data, timestamp = unpack(call('HMGET', base .. job.id, 'name', 'data', 'timestamp'))
            call('LLEN', logKey(base .. job.id))
            job.leftover = leftoverOf(base .. job.id)
            for place = 1, #job.fields, 2 do
                if job.fields[place] == 'grp' then readGroup(groupsAt(base), job.fields[place + 1]) end
            end
            if job.deduplication ~= '' then call('GET', (deduplicationKeys(job.deduplication))) end
            if call('EXISTS', base .. job.id) == 0 then return end
            local given = {}
            for place = 1, #job.fields, 2 do given[job.fields[place]] = job.fields[place + 1] end
            isKnown[job] = true
            if name ~= given.name or data ~= given.data or timestamp ~= given.timestamp then
                refused[#refused + 1] = 'job'
                refused[#refused + 1] = job.id
            end
        end
        local standing = { ic = true, offset = true, ended = true }
        for _, schedule in ipairs(schedules) do
            local key = call('ZSCORE', repeatKey, schedule.id) and schedulerKey(schedule.id)
                or call('ZSCORE', pausedSchedulersKey, schedule.id) and pausedSchedulerKey(schedule.id)
            if key then
                local present, isSame = fieldsOf(key), true
                schedule.isKnown = true
                for field, value in pairs(present) do
                    if not standing[field] and schedule.fields[field] ~= value then isSame = false end
                end
                for field, value in pairs(schedule.fields) do
                    if not standing[field] and present[field] ~= value then isSame = false end
                end
                if not isSame then
                    refused[#refused + 1] = 'schedule'
                    refused[#refused + 1] = schedule.id
                end
            else
                call('HLEN', schedulerKey(schedule.id))
                call('HLEN', pausedSchedulerKey(schedule.id))
                if schedule.pending then look(schedule.pending) end
            end
        end
        for _, job in ipairs(jobs) do look(job) end
        if #refused > 1 then return refused end
        local function stampOf(id) return math.floor(tonumber(call('HGET', base .. id, 'timestamp') or '0') or 0) end
        for _, job in ipairs(leaving) do
            job.isSame = call('EXISTS', base .. job.id) == 1 and stampOf(job.id) == tonumber(job.stamp)
            if job.isSame then call('EXISTS', jobKeys(base .. job.id)) end
        end
        local reply = { 'done', 0, 0, 0, 0 }
        for _, schedule in ipairs(leavingSchedules) do
            for set, hash in pairs({
                [repeatKey] = schedulerKey(schedule.id), [pausedSchedulersKey] = pausedSchedulerKey(schedule.id),
            }) do
                if tonumber(call('ZSCORE', set, schedule.id) or -1) == schedule.slot then
                    call('ZREM', set, schedule.id)
                    call('DEL', hash)
                end
            end
        end
        for _, job in ipairs(leaving) do
            if job.isSame then
                local state = stateOf(job.id)
                if state == 'active' then
                    reply[#reply + 1] = job.id
                else
                    local place = takeOut(job.id, state)
                    emit('removed', 'jobId', job.id, 'prev', place)
                    deleteJob(job.id, true)
                    reply[5] = reply[5] + 1
                end
            end
        end
        local raised = tonumber(ARGV[5])
        if raised > lastID then call('SET', idKey, integer(raised)) end
        local back = {}
        local function enterArrived(job, priority)
            local id = job.id
            if job.state == 'grouped' then
                pushBack(id, priority, job.group)
            elseif job.state == 'waiting' then
                back[#back + 1] = id
            elseif job.state == 'prioritized' then
                pushBack(id, priority)
            elseif job.state == 'delayed' then
                pushDelayed(id, job.score or now)
            else
                call('ZADD', job.state == 'completed' and completedKey or failedKey, integer(job.score or now), id)
            end
        end
        local function arrive(job, scheduler, opts)
            if isKnown[job] then
                reply[3] = reply[3] + 1
                return
            end
            local key, fields, priority = base .. job.id, job.fields, 0
            for place = 1, #fields, 2 do
                if fields[place] == 'priority' then priority = tonumber(fields[place + 1]) or 0 end
                if fields[place] == 'grp' then job.group = fields[place + 1] end
            end
            local delay = job.state == 'delayed' and math.max((job.score or now) - now, 0) or 0
            if not scheduler and string.sub(job.id, 1, 7) == 'repeat:' then
                local text = decode(opts).repeatJobKey
                scheduler = type(text) == 'string' and text or nil
            end
            if job.leftover then tellLeftover(job.leftover) end
            call('HSET', key, 'opts', opts, 'delay', integer(delay))
            callAll('HSET', key, fields)
            if scheduler then call('HSET', key, 'rjk', scheduler) end
            if job.deduplication ~= '' then
                call('HSET', key, 'deid', job.deduplication)
                local holderKey = deduplicationKeys(job.deduplication)
                if job.holds and call('EXISTS', holderKey) == 0 then
                    call('SET', holderKey, job.id)
                    if job.remaining then call('PEXPIRE', holderKey, integer(math.max(job.remaining, 1))) end
                end
            end
            if #job.log > 0 then
                call('DEL', logKey(key))
                callAll('RPUSH', logKey(key), job.log)
            end
            enterArrived(job, priority)
            reply[2] = reply[2] + 1
        end
        for _, schedule in ipairs(schedules) do
            local fields, id, pending = schedule.fields, schedule.id, schedule.pending
            if not schedule.isKnown then
                local key = schedule.isPaused and pausedSchedulerKey(id) or schedulerKey(id)
                call('DEL', key)
                for field, value in pairs(fields) do call('HSET', key, field, value) end
                call('ZADD', schedule.isPaused and pausedSchedulersKey or repeatKey, integer(schedule.slot), id)
                reply[4] = reply[4] + 1
                if pending then
                    local opts = pending.opts
                    if decode(opts).repeatJobKey == nil then
                        local template = {}
                        for field, value in pairs(fields) do template[field] = value end
                        template.opts = opts
                        opts = iterationOptions(pending.id, id, schedule.slot, math.max((pending.score or now) - now, 0),
                            tonumber(fields.ic) or 1, template)
                    end
                    arrive(pending, id, opts)
                end
            end
        end
        for _, job in ipairs(jobs) do arrive(job, nil, job.opts) end
        if #back > 0 then
            callAll('LPUSH', waitKey, back)
            hasPushed = true
        end
        mark(paused, concurrency)
        if isNew then
            if not keptEvents then call('HSET', metaKey, 'opts.maxLenEvents', '10000') end
            call('SADD', KEYS[2], base)
        end
        if ARGV[3] == '' then
            call('DEL', moveKey)
        else
            call('HSET', moveKey, 'mark', ARGV[3], 'body', ARGV[4])
        end
        return reply
        """#, sha: "76f09ec72ccd5e3e3965522375316051573d2bd5")

    /// `prune.lua`
    static let prune = RedisScript(name: "prune", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        return retain(ARGV[2] == 'completed' and completedKey or failedKey, tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]))
        """#, sha: "d49d52c87e29c32590e8cf096d7895c37c25753f")

    /// `reclaim.lua`
    static let reclaim = RedisScript(name: "reclaim", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        call('EXISTS', waitKey, activeKey, prioritizedKey, pcKey, markerKey, eventsKey, stalledKey, checkKey, leasesKey)
        local allowed, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
        local paused, concurrency, hasGroups
        paused, concurrency, keptEvents, hasGroups =
            unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents', 'drover:groups'))
        local reply = {}
        local function read(id)
            local group = call('HGET', base .. id, 'grp')
            call('EXISTS', base .. id, lockKey(id))
            if group then readGroup(groupsAt(base), group) end
        end
        local function isOfScheduler(id, scheduler)
            scheduler = scheduler or string.match(id, '^repeat:(.+):%d+$')
            return scheduler and (call('EXISTS', schedulerKey(scheduler), pausedSchedulerKey(scheduler)) > 0
                or call('ZSCORE', repeatKey, scheduler))
        end
        local function putBack(id)
            local job = base .. id
            local stalls, attempt, cancelled, failure, scheduler, priority, group =
                unpack(call('HMGET', job, 'stc', 'ats', 'cnl', 'defa', 'rjk', 'priority', 'grp'))
            if group then leaveGroup(groupsAt(base), group, id, 'active') end
            stalls = (tonumber(stalls) or 0) + 1
            call('HSET', job, 'stc', integer(stalls))
            if cancelled and cancelled == attempt then
                failure = 'cancelled'
                call('HSET', job, 'defa', failure)
            elseif not failure and stalls > allowed and not isOfScheduler(id, scheduler) then
                failure = 'job stalled more than allowable limit'
                call('HSET', job, 'defa', failure)
            end
            pushFront(id, tonumber(priority) or 0, group)
            emit('waiting', 'jobId', id, 'prev', 'active')
            emit('stalled', 'jobId', id)
            reply[#reply + 1] = id
            reply[#reply + 1] = stalls
            reply[#reply + 1] = failure and 1 or 0
        end
        local leases, candidates, stale = call('HGETALL', leasesKey), {}, {}
        local places
        for index = 1, #leases, 2 do
            local id = leases[index]
            local attempt, token, expiry = parseLease(leases[index + 1])
            if tonumber(expiry) <= now then
                if not places then
                    places = {}
                    for place, active in ipairs(call('LRANGE', activeKey, 0, -1)) do places[active] = place end
                end
                local lock = call('GET', lockKey(id))
                local isOurs = places[id] and (call('HGET', base .. id, 'ats') or '0') == attempt and (not lock or lock == token)
                if isOurs then
                    candidates[#candidates + 1] = { id = id, expiry = tonumber(expiry), place = places[id] }
                else
                    stale[#stale + 1] = id
                end
            end
        end
        table.sort(candidates, function(left, right)
            if left.expiry ~= right.expiry then return left.expiry < right.expiry end
            return left.place > right.place
        end)
        local isCheck, suspects = call('EXISTS', checkKey) == 0, {}
        if isCheck then
            local known = {}
            for _, id in ipairs(call('SMEMBERS', stalledKey)) do known[id] = true end
            for _, id in ipairs(call('LRANGE', activeKey, 0, -1)) do
                if known[id] and call('EXISTS', lockKey(id)) == 0 then suspects[#suspects + 1] = id end
            end
        end
        local groups, left = groupsAt(base), {}
        if hasGroups then
            local size = call('ZCARD', groups.names)
            local from = size > 50 and now % size or 0
            for _, name in ipairs(call('ZRANGE', groups.names, integer(from), integer(from + 49))) do
                local group = readGroup(groups, name)
                for _, id in ipairs(call('SRANDMEMBER', group.running, 10)) do
                    if not call('LPOS', activeKey, id) then left[#left + 1] = { group, id } end
                end
            end
        end
        for index = 1, math.min(#candidates, limit) do read(candidates[index].id) end
        for index = 1, math.min(#suspects, limit + #candidates) do read(suspects[index]) end
        local isTaken = {}
        for index = math.min(#candidates, limit), 1, -1 do
            local id = candidates[index].id
            stale[#stale + 1] = id
            isTaken[id] = true
            call('DEL', lockKey(id))
            call('SREM', stalledKey, id)
            call('LREM', activeKey, '-1', id)
            putBack(id)
        end
        callAll('HDEL', leasesKey, stale)
        if isCheck then
            call('SET', checkKey, nowText, 'PX', ARGV[4])
            local isLeft = false
            for _, id in ipairs(suspects) do
                if not isTaken[id] then
                    if #reply >= 3 * limit then
                        isLeft = true
                        break
                    end
                    call('LREM', activeKey, '-1', id)
                    call('SREM', stalledKey, id)
                    putBack(id)
                end
            end
            if isLeft then
                call('DEL', checkKey)
            else
                call('DEL', stalledKey)
                callAll('SADD', stalledKey, call('LRANGE', activeKey, 0, -1))
            end
        end
        for _, item in ipairs(left) do
            call('SREM', item[1].running, item[2])
            if refreshGroup(groups, item[1]) then hasPushed = true end
        end
        mark(paused, concurrency)
        return reply
        """#, sha: "c1d085d5adb6f62ccda000b0f9fde06328b97a5b")

    /// `record.lua`
    static let record = RedisScript(name: "record", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local function stepField(name) return 'step:' .. name end
        local function forgetSteps(job)
            local hash, fields = call('HGETALL', job), {}
            for index = 1, #hash, 2 do
                if string.sub(hash[index], 1, 5) == 'step:' then fields[#fields + 1] = hash[index] end
            end
            callAll('HDEL', job, fields)
        end
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
        """#, sha: "42a6fc1d83e39e27671192258273f5edc8f33017")

    /// `renew.lua`
    static let renew = RedisScript(name: "renew", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local statuses, renewed, ids, count = {}, {}, {}, (#ARGV - 1) / 3
        for index = 1, count do
            local id, token = ARGV[index * 3 - 1], ARGV[index * 3]
            local attempt, cancelled = unpack(call('HMGET', base .. id, 'ats', 'cnl'))
            if heldUntil(id, attempt, token) then
                statuses[index] = attempt and cancelled == attempt and 'c' or 'h'
                ids[#ids + 1] = id
                renewed[#renewed + 1] = id
                renewed[#renewed + 1] = leaseStart(attempt, token) .. integer(now + tonumber(ARGV[index * 3 + 1]))
            else
                statuses[index] = 'l'
            end
        end
        if #ids > 0 then
            callAll('SREM', stalledKey, ids)
            callAll('HSET', leasesKey, renewed)
        end
        for index = 1, count do
            if statuses[index] ~= 'l' then
                call('SET', lockKey(ARGV[index * 3 - 1]), ARGV[index * 3], 'PX', ARGV[index * 3 + 1])
            end
        end
        return table.concat(statuses)
        """#, sha: "fc89be1573d3604c8380315e764aa54d4d611e87")

    /// `schedule.lua`
    static let schedule = RedisScript(name: "schedule", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function decode(text)
            local isObject, value = pcall(cjson.decode, text)
            return isObject and type(value) == 'table' and value or {}
        end
        local function enter(id, priority, isFirst, due, options)
            local group = type(options.group) == 'string' and options.group ~= '' and options.group
            if group then call('HSET', base .. id, 'grp', group) end
            if due > now then
                pushDelayed(id, due)
                emit('delayed', 'jobId', id, 'delay', integer(due))
            else
                if isFirst and priority == 0 then pushFront(id, 0, group) else pushBack(id, priority, group) end
                emit('waiting', 'jobId', id)
            end
        end
        local function member(name, value) return value and ',"' .. name .. '":' .. value or '' end
        local function text(value) return value and cjson.encode(value) end
        local function iterationOptions(id, scheduler, slot, delay, count, fields)
            local template = string.match(fields.opts or '', '^%s*{(.*)}%s*$') or ''
            local isEmpty = not string.find(template, '%S')
            local pattern = text(fields.pattern)
            return '{' .. template .. (isEmpty and '' or ',') .. '"repeat":{"count":' .. integer(count) .. member('pattern', pattern)
                .. member('tz', text(fields.tz)) .. member('every', fields.every) .. member('offset', fields.offset)
                .. member('limit', fields.limit) .. member('startDate', fields.startDate) .. member('endDate', fields.endDate) .. '}'
                .. member('jobId', text(id)) .. (pattern and member('prevMillis', integer(slot)) or '')
                .. member('timestamp', nowText) .. member('delay', integer(delay)) .. member('repeatJobKey', text(scheduler)) .. '}'
        end
        local function fieldsOf(key)
            local list, fields = call('HGETALL', key), {}
            for index = 1, #list, 2 do fields[list[index]] = list[index + 1] end
            return fields
        end
        local function addIteration(scheduler, slot, due, count, fields)
            local id = iterationID(scheduler, slot)
            local options = decode(fields.opts or '{}')
            local priority, delay = tonumber(options.priority) or 0, math.max(due - now, 0)
            call('INCR', idKey)
            emit('added', 'jobId', id, 'name', fields.name)
            call('HSET', base .. id, 'name', fields.name, 'data', fields.data or '{}',
                'opts', iterationOptions(id, scheduler, slot, delay, count, fields), 'timestamp', nowText,
                'delay', integer(delay), 'priority', integer(priority), 'rjk', scheduler)
            enter(id, priority, options.lifo == true, due, options)
            return id
        end
        local function nextSlot(previous, every, offset, start)
            local slot
            local function aligned()
                local slot = math.floor(now / every) * every + offset
                return slot > now and slot or slot + every
            end
            if previous then
                slot = previous + every
                if slot < now then slot = aligned() end
            elseif start then
                slot = math.max(start, now)
            elseif offset > 0 then
                slot = aligned()
            else
                slot = now
            end
            if offset == 0 then offset = slot - math.floor(slot / every) * every end
            return slot, offset
        end
        local function unclaimed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('EXISTS', base .. id) == 0 then return end
            local state = stateOf(id)
            if state == 'waiting' or state == 'prioritized' or state == 'grouped' or state == 'delayed' then return id, state end
        end
        local function takeAwayDelayed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('ZREM', delayedKey, id) == 0 then return end
            emit('removed', 'jobId', id, 'prev', 'delayed')
            deleteJob(id, true)
        end
        local id = ARGV[2]
        local fields = {}
        for index = 5, #ARGV, 2 do fields[ARGV[index]] = ARGV[index + 1] end
        call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, markerKey, eventsKey, idKey, repeatKey, schedulerKey(id),
            pausedSchedulersKey, pausedSchedulerKey(id), KEYS[2])
        local paused, concurrency
        paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
        local isNew = not keptEvents
        local hash = schedulerKey(id)
        local previous = tonumber(call('ZSCORE', repeatKey, id))
        local isPaused = false
        if not previous then
            previous = tonumber(call('ZSCORE', pausedSchedulersKey, id))
            if previous then isPaused, hash = true, pausedSchedulerKey(id) end
        end
        local old = previous and fieldsOf(hash) or {}
        local pending, state
        if previous then pending, state = unclaimed(id, previous) end
        local every, slot = tonumber(fields.every), tonumber(ARGV[3])
        if every then
            local isSame, offset = tonumber(old.every) == every
            slot, offset = nextSlot(isSame and previous, every, tonumber(fields.offset) or 0, tonumber(fields.startDate))
            if isSame and pending then
                slot = previous
                fields.offset = fields.offset or old.offset
            else
                fields.offset = integer(offset)
            end
        else
            fields.offset = pending and old.offset or '0'
        end
        local function isTaken()
            local other = iterationID(id, slot)
            return other ~= pending and call('EXISTS', base .. other) == 1
        end
        local steps = 0
        while isTaken() do
            if not every or steps == 32 then return { 'taken', integer(slot) } end
            slot, steps = slot + every, steps + 1
        end
        if fields.endDate and slot > tonumber(fields.endDate) then return { 'end', integer(slot) } end
        if pending and not isPaused then
            takeOut(pending, state)
            deleteJob(pending, true)
        end
        fields.ic = old.ic or '1'
        call('DEL', hash)
        for field, value in pairs(fields) do call('HSET', hash, field, value) end
        if isPaused then
            call('ZADD', pausedSchedulersKey, integer(slot), id)
            return { 'paused', integer(slot) }
        end
        call('ZADD', repeatKey, integer(slot), id)
        addIteration(id, slot, tonumber(ARGV[4]) or slot, 1, fields)
        mark(paused, concurrency)
        if isNew then call('SADD', KEYS[2], base) end
        return { 'stored', integer(slot) }
        """#, sha: "c708ef8576fab2ac47ac2aeb76e971652e3d6a59")

    /// `scheduleCommand.lua`
    static let scheduleCommand = RedisScript(name: "scheduleCommand", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function decode(text)
            local isObject, value = pcall(cjson.decode, text)
            return isObject and type(value) == 'table' and value or {}
        end
        local function enter(id, priority, isFirst, due, options)
            local group = type(options.group) == 'string' and options.group ~= '' and options.group
            if group then call('HSET', base .. id, 'grp', group) end
            if due > now then
                pushDelayed(id, due)
                emit('delayed', 'jobId', id, 'delay', integer(due))
            else
                if isFirst and priority == 0 then pushFront(id, 0, group) else pushBack(id, priority, group) end
                emit('waiting', 'jobId', id)
            end
        end
        local function member(name, value) return value and ',"' .. name .. '":' .. value or '' end
        local function text(value) return value and cjson.encode(value) end
        local function iterationOptions(id, scheduler, slot, delay, count, fields)
            local template = string.match(fields.opts or '', '^%s*{(.*)}%s*$') or ''
            local isEmpty = not string.find(template, '%S')
            local pattern = text(fields.pattern)
            return '{' .. template .. (isEmpty and '' or ',') .. '"repeat":{"count":' .. integer(count) .. member('pattern', pattern)
                .. member('tz', text(fields.tz)) .. member('every', fields.every) .. member('offset', fields.offset)
                .. member('limit', fields.limit) .. member('startDate', fields.startDate) .. member('endDate', fields.endDate) .. '}'
                .. member('jobId', text(id)) .. (pattern and member('prevMillis', integer(slot)) or '')
                .. member('timestamp', nowText) .. member('delay', integer(delay)) .. member('repeatJobKey', text(scheduler)) .. '}'
        end
        local function fieldsOf(key)
            local list, fields = call('HGETALL', key), {}
            for index = 1, #list, 2 do fields[list[index]] = list[index + 1] end
            return fields
        end
        local function addIteration(scheduler, slot, due, count, fields)
            local id = iterationID(scheduler, slot)
            local options = decode(fields.opts or '{}')
            local priority, delay = tonumber(options.priority) or 0, math.max(due - now, 0)
            call('INCR', idKey)
            emit('added', 'jobId', id, 'name', fields.name)
            call('HSET', base .. id, 'name', fields.name, 'data', fields.data or '{}',
                'opts', iterationOptions(id, scheduler, slot, delay, count, fields), 'timestamp', nowText,
                'delay', integer(delay), 'priority', integer(priority), 'rjk', scheduler)
            enter(id, priority, options.lifo == true, due, options)
            return id
        end
        local function nextSlot(previous, every, offset, start)
            local slot
            local function aligned()
                local slot = math.floor(now / every) * every + offset
                return slot > now and slot or slot + every
            end
            if previous then
                slot = previous + every
                if slot < now then slot = aligned() end
            elseif start then
                slot = math.max(start, now)
            elseif offset > 0 then
                slot = aligned()
            else
                slot = now
            end
            if offset == 0 then offset = slot - math.floor(slot / every) * every end
            return slot, offset
        end
        local function unclaimed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('EXISTS', base .. id) == 0 then return end
            local state = stateOf(id)
            if state == 'waiting' or state == 'prioritized' or state == 'grouped' or state == 'delayed' then return id, state end
        end
        local function takeAwayDelayed(scheduler, slot)
            local id = iterationID(scheduler, slot)
            if call('ZREM', delayedKey, id) == 0 then return end
            emit('removed', 'jobId', id, 'prev', 'delayed')
            deleteJob(id, true)
        end
        local id, command = ARGV[2], ARGV[3]
        call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, markerKey, eventsKey, idKey, repeatKey, schedulerKey(id),
            pausedSchedulersKey, pausedSchedulerKey(id))
        local paused, concurrency
        paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
        local slot, pausedSlot = tonumber(call('ZSCORE', repeatKey, id)), tonumber(call('ZSCORE', pausedSchedulersKey, id))
        if not slot and not pausedSlot then return 'notFound' end
        if command == 'remove' then
            takeAwayDelayed(id, slot or pausedSlot)
            call('ZREM', repeatKey, id)
            call('ZREM', pausedSchedulersKey, id)
            call('DEL', schedulerKey(id), pausedSchedulerKey(id))
        elseif command == 'pause' then
            if slot then
                takeAwayDelayed(id, slot)
                call('ZREM', repeatKey, id)
                call('RENAME', schedulerKey(id), pausedSchedulerKey(id))
                call('ZADD', pausedSchedulersKey, integer(slot), id)
            end
        elseif command == 'resume' then
            if not slot then
                local fields, from = fieldsOf(pausedSchedulerKey(id)), tonumber(ARGV[4])
                local every, hasEnded = tonumber(fields.every), tonumber(fields.ended) == pausedSlot
                if hasEnded then
                    from = pausedSlot
                elseif every then
                    from = nextSlot(pausedSlot, every, tonumber(fields.offset) or 0, tonumber(fields.startDate))
                elseif not from then
                    return 'slot'
                end
                call('RENAME', pausedSchedulerKey(id), schedulerKey(id))
                call('ZREM', pausedSchedulersKey, id)
                call('ZADD', repeatKey, integer(from), id)
                if not hasEnded and call('EXISTS', base .. iterationID(id, from)) == 0 then addIteration(id, from, from, 1, fields) end
            elseif pausedSlot then
                call('ZREM', pausedSchedulersKey, id)
                call('DEL', pausedSchedulerKey(id))
            end
        end
        mark(paused, concurrency)
        return 'done'
        """#, sha: "aee9d8a2dd8ed62a2de0d2f095b86c5343ca9a27")

    /// `schedules.lua`
    static let schedules = RedisScript(name: "schedules", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local function fromRight(key, passed, count)
            if count <= 0 then return {} end
            local ids, turned = call('LRANGE', key, -(passed + count), -1 - passed), {}
            for index = #ids, 1, -1 do turned[#turned + 1] = ids[index] end
            return turned
        end
        local function behind(isAscending, cursor)
            local lastScore, lastID = string.match(cursor, '^([^\t]*)\t(.*)$')
            if not lastScore then return function() return true end end
            lastScore = tonumber(lastScore)
            return function(score, id)
                score = tonumber(score)
                if score == lastScore then return isAscending == (id > lastID) and id ~= lastID end
                return isAscending == (score > lastScore)
            end
        end
        local function walk(key, isAscending, cursor, bound, limit, visit, from)
            local isBehind, lastScore = behind(isAscending, cursor), string.match(cursor, '^([^\t]*)\t')
            local command, start = 'ZREVRANGEBYSCORE', lastScore or from or '+inf'
            if isAscending then command, start = 'ZRANGEBYSCORE', lastScore or from or '-inf' end
            local offset, visited = 0, 0
            while visited < limit do
                local part = call(command, key, start, bound, 'WITHSCORES', 'LIMIT', offset, limit)
                for index = 1, #part, 2 do
                    local id, score = part[index], part[index + 1]
                    if visited < limit and isBehind(score, id) then
                        visit(id, score)
                        visited, cursor = visited + 1, score .. '\t' .. id
                    end
                end
                if #part < limit * 2 then break end
                offset = offset + limit
            end
            return visited, cursor
        end
        local part, isAscending, limit, cursor = ARGV[2], ARGV[3] == 'ascending', tonumber(ARGV[4]), ARGV[5]
        local function from(key, bound, isPaused, fits, found)
            local taken, visited, place = 0, limit, cursor
            while taken < limit and visited == limit do
                visited, place = walk(key, isAscending, place, bound, limit, function(id, score)
                    local slot, hash = tonumber(score), call('HGETALL', isPaused and pausedSchedulerKey(id) or schedulerKey(id))
                    if taken < limit and fits(id, slot, hash) then
                        found[#found + 1] = { id, slot, isPaused and '1' or '0', hash }
                        taken = taken + 1
                    end
                end)
            end
        end
        local function valueOf(hash, field)
            for index = 1, #hash, 2 do
                if hash[index] == field then return hash[index + 1] end
            end
            return nil
        end
        local function isScheduler(_, _, hash) return valueOf(hash, 'ic') end
        local function isOverdue(id, slot, hash)
            if not valueOf(hash, 'ic') or tonumber(valueOf(hash, 'ended')) == slot then return false end
            local job = iterationID(id, slot)
            if call('EXISTS', base .. job) == 0 then return true end
            return call('ZSCORE', completedKey, job) or call('ZSCORE', failedKey, job)
        end
        local isBehind, found = behind(isAscending, cursor), {}
        if part == 'overdue' then
            from(repeatKey, isAscending and nowText or '-inf', false, isOverdue, found)
        elseif part == 'all' then
            from(repeatKey, isAscending and '+inf' or '-inf', false, isScheduler, found)
            from(pausedSchedulersKey, isAscending and '+inf' or '-inf', true, isScheduler, found)
        else
            for index = 6, #ARGV do
                local id = ARGV[index]
                local slot, isPaused = call('ZSCORE', repeatKey, id), '0'
                if not slot then slot, isPaused = call('ZSCORE', pausedSchedulersKey, id), '1' end
                if slot and isBehind(slot, id) then
                    local hash = call('HGETALL', isPaused == '1' and pausedSchedulerKey(id) or schedulerKey(id))
                    if isScheduler(id, slot, hash) then found[#found + 1] = { id, tonumber(slot), isPaused, hash } end
                end
            end
        end
        table.sort(found, function(left, right)
            if not isAscending then left, right = right, left end
            return left[2] < right[2] or left[2] == right[2] and left[1] < right[1]
        end)
        local reply = { '' }
        for index = 1, math.min(#found, limit) do
            local entry = found[index]
            for place = 1, 4 do reply[#reply + 1] = place == 2 and integer(entry[2]) or entry[place] end
            if index == limit then reply[1] = integer(entry[2]) .. '\t' .. entry[1] end
        end
        return reply
        """#, sha: "1e24dd13bbf45cf3c058f6caf74201f90b0a6e62")

    /// `setGroup.lua`
    static let setGroup = RedisScript(name: "setGroup", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local hasPushed, hasDelayed = false, false
        local function mark(paused, concurrency)
            local places = tonumber(concurrency)
            if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
                call('ZADD', markerKey, '0', '0')
            end
            if hasDelayed then
                local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
                if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
            end
        end
        local function priorityScore(priority)
            return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
        end
        local function pushBack(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, false)
            elseif priority == 0 then
                call('LPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, priorityScore(priority), id)
            end
            hasPushed = true
        end
        local function pushFront(id, priority, group)
            if group then
                enterGroup(groupsAt(base), group, id, priority, true)
            elseif priority == 0 then
                call('RPUSH', waitKey, id)
            else
                call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
            end
            hasPushed = true
        end
        local function pushAgain(id, priority, group)
            if priority == 0 then
                local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
                if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
            end
            pushBack(id, priority, group)
        end
        local function pushDelayed(id, due)
            local first, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
            local score = first
            if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
            call('ZADD', delayedKey, integer(score), id)
            hasDelayed = true
        end
        local name, kind, value = ARGV[2], ARGV[3], ARGV[4]
        local queue = groupsAt(base)
        call('EXISTS', metaKey, markerKey, waitKey, prioritizedKey, delayedKey, KEYS[2], queue.names, queue.turns, queue.resting)
        local paused
        paused, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'opts.maxLenEvents'))
        local group = name ~= '' and readGroup(queue, name)
        if not keptEvents then
            call('SCARD', KEYS[2])
            call('HSET', metaKey, 'opts.maxLenEvents', '10000')
        end
        local target = group and group.rule or queue.turns
        local function set(field, text)
            if text == '' then call('HDEL', target, field) else call('HSET', target, field, text) end
        end
        if kind == 'rate' then
            local max, per = unpack(call('HMGET', target, 'max', 'per'))
            if group and ((max or '') ~= value or (per or '') ~= ARGV[5]) then call('DEL', group.rate) end
            set('max', value)
            set('per', ARGV[5])
        else
            set(kind, value)
        end
        call('HSET', metaKey, 'drover:groups', '1')
        if group then
            call('ZADD', queue.names, '0', name)
            call('ZREM', queue.resting, name)
            refreshGroup(queue, group)
        else
            clockOf(queue)
            unmark(queue)
            for _, entry in ipairs(call('ZRANGE', queue.resting, 0, -1)) do call('ZADD', queue.resting, nowText, entry) end
        end
        if not keptEvents then call('SADD', KEYS[2], base) end
        if not paused then
            if call('EXISTS', waitKey, prioritizedKey, ringKey, queue.resting) > 0 then
                call('ZADD', markerKey, '0', '0')
            else
                hasDelayed = true
                mark()
            end
        end
        return 1
        """#, sha: "18d9b9dc354e34e64a63a86fa004fe3db9a5ffbb")

    /// `sweep.lua`
    static let sweep = RedisScript(name: "sweep", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function passes(read, ...)
            local isRead, answer = pcall(read, ...)
            if isRead then return true, answer end
            local text = type(answer) == 'table' and answer.err or tostring(answer)
            if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
            return false
        end
        local soundQueues, soundParents = {}, {}
        local function readTyped(parent)
            local queue = queueOf(parent)
            if not soundQueues[queue.base] then
                call('HLEN', queue.meta)
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
                    call('ZCARD', key)
                end
                call('GET', queue.pc)
                call('XRANGE', queue.events, '0-1', '0-1')
                soundQueues[queue.base] = true
            end
            local name = call('HGET', parent, 'grp')
            call('SCARD', parent .. ':dependencies')
            call('HLEN', parent .. ':processed')
            call('HLEN', parent .. ':failed')
            call('ZCARD', parent .. ':unsuccessful')
            if not name then return end
            local groups = groupsAt(queue.base)
            local group = groupAt(groups, name)
            call('HLEN', groups.turns)
            for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
            call('SCARD', group.running)
            call('HLEN', group.rule)
            call('HLEN', group.rate)
        end
        local function isSound(parent)
            if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
            return soundParents[parent]
        end
        local function lookAtEnd(job, value)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local stamp, first = string.match(value, '^(%d*) (.*)$')
            if first == '' then first = nil end
            local parent, text, finished, result, reason =
                unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
            local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
            if item.isGone then
                if first and isSound(first) then
                    local failed = call('ZSCORE', first .. ':unsuccessful', job)
                    item.result = call('HGET', first .. ':processed', job)
                    item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                        or failed and failed ~= stamp and 'the job failed and was removed')
                end
            elseif not finished or finished == stamp then
                return
            elseif call('ZSCORE', other .. 'completed', id) then
                item.result = result or 'null'
            elseif call('ZSCORE', other .. 'failed', id) then
                item.reason, item.finished = reason or '', finished
            else
                return
            end
            if item.parent and not isSound(item.parent) then item.parent = nil end
            call('SCARD', sharedQueuesOf(other))
            local others = dependentsOf(job)
            item.parents = #others
            for _, dependent in ipairs(others) do
                if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
            end
            return item
        end
        local function endOf(job, value)
            local isRead, item = passes(lookAtEnd, job, value)
            return isRead and item or nil
        end
        local function tellEndOf(item, own)
            local job = item.job
            for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
            if own then
                if own[item.parent or ''] then item.parent = nil end
                for _, dependent in ipairs(dependentsOf(job)) do
                    if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
                end
            end
            if item.result then
                tellCompleted(job, item.parent, true, item.result)
            elseif item.reason then
                tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
            end
            if item.isGone then
                leaveParents(job, item.parent, true)
                call('DEL', dependentsKey(job))
            end
        end
        local function leftoverOf(job)
            if call('EXISTS', dependentsKey(job)) == 0 then return end
            local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
            return item or { job = job, isBare = true }
        end
        local function tellLeftover(item, own)
            if not item.isBare then return tellEndOf(item, own) end
            call('DEL', dependentsKey(item.job))
            noteTold(item.job)
        end
        local function deleteJob(id, freesDeduplication, isSwept)
            local job = base .. id
            local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
            if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
            if freesDeduplication then freeDeduplication(id, deduplication) end
            return call('DEL', jobKeys(job))
        end
        local function retain(setKey, count, age, limit)
            local ids = {}
            if age and limit > 0 then
                ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
            end
            if count and #ids < limit then
                local excess = math.min(call('ZCARD', setKey) - count, limit)
                if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
            end
            for _, id in ipairs(ids) do deleteJob(id, false) end
            callAll('ZREM', setKey, ids)
            return #ids
        end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function fromRight(key, passed, count)
            if count <= 0 then return {} end
            local ids, turned = call('LRANGE', key, -(passed + count), -1 - passed), {}
            for index = #ids, 1, -1 do turned[#turned + 1] = ids[index] end
            return turned
        end
        local function behind(isAscending, cursor)
            local lastScore, lastID = string.match(cursor, '^([^\t]*)\t(.*)$')
            if not lastScore then return function() return true end end
            lastScore = tonumber(lastScore)
            return function(score, id)
                score = tonumber(score)
                if score == lastScore then return isAscending == (id > lastID) and id ~= lastID end
                return isAscending == (score > lastScore)
            end
        end
        local function walk(key, isAscending, cursor, bound, limit, visit, from)
            local isBehind, lastScore = behind(isAscending, cursor), string.match(cursor, '^([^\t]*)\t')
            local command, start = 'ZREVRANGEBYSCORE', lastScore or from or '+inf'
            if isAscending then command, start = 'ZRANGEBYSCORE', lastScore or from or '-inf' end
            local offset, visited = 0, 0
            while visited < limit do
                local part = call(command, key, start, bound, 'WITHSCORES', 'LIMIT', offset, limit)
                for index = 1, #part, 2 do
                    local id, score = part[index], part[index + 1]
                    if visited < limit and isBehind(score, id) then
                        visit(id, score)
                        visited, cursor = visited + 1, score .. '\t' .. id
                    end
                end
                if #part < limit * 2 then break end
                offset = offset + limit
            end
            return visited, cursor
        end
        local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
        local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end
        local function heldUntil(id, attempt, token)
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(attempt, token)
            if not lease or string.sub(lease, 1, #start) ~= start then return end
            local lock = call('GET', lockKey(id))
            if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
            return tonumber(string.sub(lease, #start + 1))
        end
        local function isHeldElsewhere(id, attempt)
            local lock = call('GET', lockKey(id))
            if not lock then return false end
            local known, token = parseLease(call('HGET', leasesKey, id) or '')
            return token ~= lock or known ~= (attempt or '0')
        end
        local function isGone(base)
            return call('EXISTS', base .. 'meta', base .. 'id', base .. 'wait', base .. 'paused', base .. 'active',
                base .. 'prioritized', base .. 'delayed', base .. 'completed', base .. 'failed', base .. 'waiting-children',
                base .. 'repeat', base .. 'events') == 0
        end
        call('EXISTS', waitKey, activeKey, prioritizedKey, delayedKey, completedKey, failedKey, eventsKey, markerKey)
        local limit, sweep = tonumber(ARGV[2]), ARGV[3]
        local hasFreed = false
        local function first(key, isList, count, bound)
            if isList then return fromRight(key, 0, count) end
            if bound then return count > 0 and call('ZRANGEBYSCORE', key, '-inf', bound, 'LIMIT', 0, count) or {} end
            return count > 0 and call('ZRANGE', key, 0, count - 1) or {}
        end
        local function removeFrom(key, isList, ids)
            if #ids == 0 then return end
            if isList then
                for _, id in ipairs(ids) do call('LREM', key, -1, id) end
            else
                callAll('ZREM', key, ids)
            end
            for _, id in ipairs(ids) do
                local group = (key == childrenKey or key == activeKey) and call('HGET', base .. id, 'grp')
                if group and leaveGroup(groupsAt(base), group, id, key == activeKey and 'active' or 'grouped') then
                    hasFreed = true
                end
                deleteJob(id, true, true)
            end
        end
        if sweep == 'drain' then
            local looked, removed = 0, 0
            local places = {
                { waitKey, true }, { pausedKey, true }, { prioritizedKey, false }, { childrenKey, false, scoresOf.grouped[2] },
            }
            if ARGV[4] == '1' then places[5] = { delayedKey, false } end
            for _, place in ipairs(places) do
                local passed = 0
                while looked < limit do
                    local batch, ids, known = first(place[1], place[2], passed + math.max(limit, 100), place[3]), {}, passed
                    if #batch == known then break end
                    for index = known + 1, #batch do
                        if isPendingIteration(batch[index]) then
                            passed = passed + 1
                        elseif looked + #ids < limit then
                            ids[#ids + 1] = batch[index]
                        else
                            break
                        end
                    end
                    looked = looked + #ids
                    removeFrom(place[1], place[2], ids)
                    removed = removed + #ids
                end
            end
            return { removed, looked >= limit and 1 or 0, '' }
        end
        if sweep == 'clean' then
            local state, cut, cursor = ARGV[4], now - tonumber(ARGV[5]), ARGV[6]
            local isList = state == 'waiting' or state == 'active'
            local key, isFinished = keyOf[state], state == 'completed' or state == 'failed'
            local candidates, looked, passed = {}, 0, tonumber(cursor) or 0
            if isList then
                candidates = fromRight(key, passed, limit)
                looked = #candidates
            else
                local scores = scoresOf[state] or { '-inf', isFinished and integer(cut) or '+inf' }
                looked, cursor = walk(key, true, cursor, scores[2], limit, function(id)
                    candidates[#candidates + 1] = id
                end, scores[1])
            end
            local ids = {}
            for _, id in ipairs(candidates) do
                local matches = not isPendingIteration(id)
                if matches and not isFinished then
                    local started, stored = unpack(call('HMGET', base .. id, 'processedOn', 'timestamp'))
                    matches = (tonumber(started) or tonumber(stored) or 0) <= cut
                end
                if matches and state == 'active' then
                    local lock, attempt = call('GET', lockKey(id)), call('HGET', base .. id, 'ats') or '0'
                    local expiry = lock and heldUntil(id, attempt, lock)
                    if lock then matches = expiry and expiry <= now end
                    if matches then call('DEL', lockKey(id)) end
                end
                if matches then ids[#ids + 1] = id end
            end
            removeFrom(key, isList, ids)
            if state == 'active' then callAll('HDEL', leasesKey, ids) end
            if hasFreed and call('HEXISTS', metaKey, 'paused') == 0 then call('ZADD', markerKey, '0', '0') end
            if isList then cursor = integer(passed + looked - #ids) end
            keptEvents = call('HGET', metaKey, 'opts.maxLenEvents')
            if keptEvents or call('EXISTS', metaKey) == 1 then emit('cleaned', 'count', integer(#ids)) end
            return { #ids, looked >= limit and 1 or 0, cursor }
        end
        if call('EXISTS', metaKey) == 0 then
            local isLeft = call('EXISTS', childrenKey, groupsAt(base).names) > 0
            if isLeft and call('EXISTS', waitKey, pausedKey, activeKey, prioritizedKey, delayedKey) > 0 then isLeft = false end
            if not isLeft then
                if isGone(base) then call('SREM', KEYS[2], base) end
                return { 0, 0, '' }
            end
        elseif call('HEXISTS', metaKey, 'paused') == 0 then
            return 'the queue is not paused; pause it first'
        end
        if ARGV[4] ~= '1' and call('LLEN', activeKey) > 0 then
            return 'jobs of the queue are active; wait for them, or force it'
        end
        local removed = 0
        for _, place in ipairs({
            { activeKey, true }, { delayedKey, false }, { completedKey, false }, { waitKey, true }, { pausedKey, true },
            { prioritizedKey, false }, { failedKey, false }, { childrenKey, false },
        }) do
            local ids = first(place[1], place[2], limit - removed)
            for _, id in ipairs(ids) do call('DEL', lockKey(id)) end
            removeFrom(place[1], place[2], ids)
            removed = removed + #ids
        end
        if removed >= limit then return { removed, 1, '' } end
        local cursor, told = '0', 0
        repeat
            local page = call('HSCAN', sharedKeyOf(base), cursor, 'COUNT', integer(limit))
            for index = 1, #page[2], 2 do
                local item = told < limit and endOf(base .. page[2][index], page[2][index + 1])
                if item then
                    tellEndOf(item)
                    told = told + 1 + item.parents
                end
            end
            cursor = page[1]
        until cursor == '0' or told >= limit
        if told >= limit then return { removed, 1, '' } end
        local groups = groupsAt(base)
        for _, name in ipairs(call('ZRANGE', groups.names, 0, -1)) do
            local group = groupAt(groups, name)
            call('DEL', group.waiting, group.running, group.rule, group.rate)
        end
        call('DEL', groups.ring, groups.resting, groups.names, groups.turns)
        for _, id in ipairs(call('ZRANGE', repeatKey, 0, -1)) do call('DEL', schedulerKey(id)) end
        for _, id in ipairs(call('ZRANGE', pausedSchedulersKey, 0, -1)) do call('DEL', pausedSchedulerKey(id)) end
        call('DEL', eventsKey, stalledKey, checkKey, idKey, pcKey, markerKey, metaKey, completedMetricsKey, failedMetricsKey,
            completedMetricsKey .. ':data', failedMetricsKey .. ':data', limiterKey, slicesKey, repeatKey, leasesKey,
            pausedSchedulersKey, moveKey, sharedKeyOf(base))
        call('SREM', KEYS[2], base)
        call('SREM', sharedQueuesOf(base), base)
        return { removed, 0, '' }
        """#, sha: "2fcde3fb05281692fd076451295753a9a6d132a5")

    /// `tellParents.lua`
    static let tellParents = RedisScript(name: "tellParents", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local now = tonumber(ARGV[1])
        if not now then
            local time = call('TIME')
            now = time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local format = string.format
        local function integer(number) return format('%d', number) end
        local nowText = integer(now)
        local eventID = ARGV[1] == '' and '*' or ARGV[1] .. '-*'
        local function callAll(command, key, list)
            for first = 1, #list, 4000 do
                call(command, key, unpack(list, first, math.min(first + 3999, #list)))
            end
        end
        local keptEvents, hasTrimmed
        local function emit(name, ...)
            if hasTrimmed then
                call('XADD', eventsKey, eventID, 'event', name, ...)
                return
            end
            hasTrimmed = true
            if keptEvents == nil then keptEvents = call('HGET', metaKey, 'opts.maxLenEvents') end
            call('XADD', eventsKey, 'MAXLEN', '~', keptEvents or '10000', eventID, 'event', name, ...)
            if not keptEvents then
                keptEvents = '10000'
                call('HSET', metaKey, 'opts.maxLenEvents', keptEvents)
            end
        end
        local knownQueues = {}
        local fullScore = 4503599627370496
        function groupsAt(other)
            local queue = knownQueues[other]
            if not queue then
                queue = {
                    base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
                    ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
                    turns = other .. 'drover:turns', known = {},
                }
                knownQueues[other] = queue
            end
            return queue
        end
        function groupAt(queue, name)
            local group = queue.known[name]
            if not group then
                local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
                group = {
                    name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
                    rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
                }
                queue.known[name] = group
            end
            return group
        end
        function readGroup(queue, name)
            local group = groupAt(queue, name)
            if group.isRead then return group end
            group.isRead = true
            call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
                group.running, group.rule, group.rate)
            return group
        end
        function clockOf(queue)
            if not queue.now then
                local at, plain
                at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
                    unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
                queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
            end
            return queue.now
        end
        function ruleOf(queue, group)
            local rule = group.known
            if not rule then
                clockOf(queue)
                local weight, concurrency, max, per, paused =
                    unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
                rule = {
                    weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
                    max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
                    isOwn = (weight or concurrency or max or paused) and true,
                }
                group.known = rule
            end
            return rule
        end
        function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end
        local function restOf(queue, group)
            local rule = ruleOf(queue, group)
            if rule.max then
                local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
                local left = stop and tonumber(stop) - now
                if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
            end
            if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
                local known = tonumber(call('ZSCORE', queue.resting, group.name))
                return known and known > fullScore and known or fullScore + now + 5000
            end
        end
        local function unmark(queue)
            if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
            queue.isMarked = nil
            call('HDEL', queue.meta, 'drover:groups')
        end
        function refreshGroup(queue, group)
            local rule, name = ruleOf(queue, group), group.name
            local waiting = call('ZCARD', group.waiting)
            if waiting == 0 or rule.isPaused then
                call('ZREM', queue.ring, name)
                call('ZREM', queue.resting, name)
                if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
                    and call('ZREM', queue.names, name) == 1 then
                    unmark(queue)
                end
                return false
            end
            local rest = restOf(queue, group)
            if rest then
                call('ZREM', queue.ring, name)
                call('ZADD', queue.resting, integer(rest), name)
                return false
            end
            call('ZREM', queue.resting, name)
            if call('ZSCORE', queue.ring, name) then return false end
            call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
            return true
        end
        function enterGroup(queue, name, id, priority, isFirst)
            local group, low = groupAt(queue, name), priority * 4294967296
            local high, score = '(' .. integer(low + 4294967296), low + 2147483648
            if isFirst then
                local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
                if first[1] then score = tonumber(first[2]) - 1 end
            else
                local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
                if last[1] then score = tonumber(last[2]) + 1 end
            end
            local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
            call('ZADD', group.waiting, integer(score), id)
            call('ZADD', queue.names, '0', name)
            if not queue.isMarked then
                queue.isMarked = true
                call('HSET', queue.meta, 'drover:groups', '1')
            end
            refreshGroup(queue, group)
        end
        function leaveGroup(queue, name, id, state)
            local group = groupAt(queue, name)
            if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
            return refreshGroup(queue, group)
        end
        local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end
        local function markOf(queue)
            local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
            local places = tonumber(concurrency)
            if paused or (places and call('LLEN', queue.active) >= places) then return end
            call('ZADD', queue.marker, '0', '0')
        end
        local parentsRead = {}
        local function readParent(parent)
            if parentsRead[parent] then return end
            parentsRead[parent] = true
            local queue, group = queueOf(parent), call('HGET', parent, 'grp')
            call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
                queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
            if group then readGroup(groupsAt(queue.base), group) end
        end
        local function enterIn(queue, id, priority, isFirst, group)
            if group then
                enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
            elseif priority ~= 0 then
                call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
            else
                call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
            end
        end
        local function delayIn(queue, id, due)
            local lowest, last = due * 4096, due * 4096 + 4095
            local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
            call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        end
        local function markDelayOf(queue)
            local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
            call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        end
        local function releaseParent(queue, parent, id)
            local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
            delay = tonumber(delay) or 0
            if delay > 0 then
                local due = now + delay
                delayIn(queue, id, due)
                emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
                markDelayOf(queue)
                return
            end
            enterIn(queue, id, tonumber(priority) or 0, true, group)
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function takeWaiting(queue, id)
            local score = call('ZSCORE', queue.children, id)
            return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
        end
        local function wakeParent(parent)
            local queue, id = queueOf(parent)
            if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
        end
        local function wakeParentIfDone(parent)
            if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
        end
        local function childCompleted(job, parent, result)
            if call('SREM', parent .. ':dependencies', job) == 0 then return end
            call('HSET', parent .. ':processed', job, result)
            wakeParentIfDone(parent)
        end
        local function policiesOf(text)
            local isObject, policy = pcall(cjson.decode, text or '{}')
            return isObject and type(policy) == 'table' and policy or {}
        end
        local function childFailed(job, parent, policy, reason)
            local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
            if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if policy.fpof then
                local queue, id = queueOf(parent)
                call('ZADD', parent .. ':unsuccessful', nowText, job)
                if call('EXISTS', parent) == 0 then return end
                local wasWaiting = takeWaiting(queue, id)
                local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
                if wasDelayed then call('HSET', parent, 'delay', '0') end
                if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
                    call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
                end
                if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
            elseif policy.cpof then
                call('HSET', parent .. ':failed', job, reason)
                wakeParent(parent)
            else
                wakeParentIfDone(parent)
                if policy.idof then call('HSET', parent .. ':failed', job, reason) end
            end
        end
        local function freeDeduplication(id, deduplication)
            if not deduplication then return end
            local holder, postponed = deduplicationKeys(deduplication)
            if call('GET', holder) == id then call('DEL', holder, postponed) end
        end
        local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
        local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
        local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end
        local function parentText(parent, word)
            local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
            return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
        end
        local function dependentsOf(job)
            local others = {}
            for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
                local word, parent = string.match(entry, '^(%a+) (.*)$')
                others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
            end
            return others
        end
        local function forgetParent(job, parent)
            local others = dependentsOf(job)
            if call('HGET', job, 'parentKey') == parent then
                local second = others[1]
                if not second then return end
                call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
                call('LREM', dependentsKey(job), 1, second.entry)
            else
                for _, other in ipairs(others) do
                    if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
                end
            end
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if call('LLEN', dependentsKey(job)) == 0 then
                call('HDEL', job, 'dps')
                call('HDEL', sharedKeyOf(other), id)
            elseif told then
                call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
            end
        end
        local function readParents(job, parent, isShared)
            if parent then readParent(parent) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
            local own = string.match(job, '^(.*:)[^:]*$')
            call('HLEN', sharedKeyOf(own))
            call('SCARD', sharedQueuesOf(own))
        end
        local function noteTold(job, stamp, first)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            if stamp then
                call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
                call('SADD', sharedQueuesOf(other), other)
            else
                call('HDEL', sharedKeyOf(other), id)
            end
        end
        local function tellCompleted(job, parent, isShared, result)
            if parent then childCompleted(job, parent, result) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
            noteTold(job)
        end
        local function tellFailed(job, parent, text, isShared, reason, ended)
            if parent then childFailed(job, parent, policiesOf(text), reason) end
            if not isShared then return end
            local waits = false
            for _, other in ipairs(dependentsOf(job)) do
                childFailed(job, other.parent, other.policy, reason)
                waits = waits or not next(other.policy)
            end
            noteTold(job, waits and (ended or nowText), parent)
        end
        local leaveParents
        local function detach(job, parent, isSwept)
            if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
            if call('SCARD', parent .. ':dependencies') > 0 then return end
            local queue, id = queueOf(parent)
            if not takeWaiting(queue, id) then return end
            if isSwept and base .. id == parent then
                local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
                leaveParents(parent, above, isShared, true)
                freeDeduplication(id, deduplication)
                call('DEL', jobKeys(parent))
                return
            end
            enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
            markOf(queue)
            emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
        end
        local function tellEnd(job, parent)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local told = call('HGET', sharedKeyOf(other), id)
            if not told then return end
            local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
            if not finished or finished == string.match(told, '^%d*') then return end
            if result then
                tellCompleted(job, parent, true, result)
            elseif reason then
                tellFailed(job, parent, text, true, reason, finished)
            end
        end
        function leaveParents(job, parent, isShared, isSwept, others)
            if isShared then tellEnd(job, parent) end
            if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
            if not isShared then return end
            for _, other in ipairs(dependentsOf(job)) do
                if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
            end
            noteTold(job)
        end
        local function passes(read, ...)
            local isRead, answer = pcall(read, ...)
            if isRead then return true, answer end
            local text = type(answer) == 'table' and answer.err or tostring(answer)
            if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
            return false
        end
        local soundQueues, soundParents = {}, {}
        local function readTyped(parent)
            local queue = queueOf(parent)
            if not soundQueues[queue.base] then
                call('HLEN', queue.meta)
                call('LLEN', queue.wait)
                call('LLEN', queue.active)
                for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
                    call('ZCARD', key)
                end
                call('GET', queue.pc)
                call('XRANGE', queue.events, '0-1', '0-1')
                soundQueues[queue.base] = true
            end
            local name = call('HGET', parent, 'grp')
            call('SCARD', parent .. ':dependencies')
            call('HLEN', parent .. ':processed')
            call('HLEN', parent .. ':failed')
            call('ZCARD', parent .. ':unsuccessful')
            if not name then return end
            local groups = groupsAt(queue.base)
            local group = groupAt(groups, name)
            call('HLEN', groups.turns)
            for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
            call('SCARD', group.running)
            call('HLEN', group.rule)
            call('HLEN', group.rate)
        end
        local function isSound(parent)
            if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
            return soundParents[parent]
        end
        local function lookAtEnd(job, value)
            local other, id = string.match(job, '^(.*:)([^:]*)$')
            local stamp, first = string.match(value, '^(%d*) (.*)$')
            if first == '' then first = nil end
            local parent, text, finished, result, reason =
                unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
            local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
            if item.isGone then
                if first and isSound(first) then
                    local failed = call('ZSCORE', first .. ':unsuccessful', job)
                    item.result = call('HGET', first .. ':processed', job)
                    item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                        or failed and failed ~= stamp and 'the job failed and was removed')
                end
            elseif not finished or finished == stamp then
                return
            elseif call('ZSCORE', other .. 'completed', id) then
                item.result = result or 'null'
            elseif call('ZSCORE', other .. 'failed', id) then
                item.reason, item.finished = reason or '', finished
            else
                return
            end
            if item.parent and not isSound(item.parent) then item.parent = nil end
            call('SCARD', sharedQueuesOf(other))
            local others = dependentsOf(job)
            item.parents = #others
            for _, dependent in ipairs(others) do
                if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
            end
            return item
        end
        local function endOf(job, value)
            local isRead, item = passes(lookAtEnd, job, value)
            return isRead and item or nil
        end
        local function tellEndOf(item, own)
            local job = item.job
            for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
            if own then
                if own[item.parent or ''] then item.parent = nil end
                for _, dependent in ipairs(dependentsOf(job)) do
                    if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
                end
            end
            if item.result then
                tellCompleted(job, item.parent, true, item.result)
            elseif item.reason then
                tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
            end
            if item.isGone then
                leaveParents(job, item.parent, true)
                call('DEL', dependentsKey(job))
            end
        end
        local function leftoverOf(job)
            if call('EXISTS', dependentsKey(job)) == 0 then return end
            local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
            return item or { job = job, isBare = true }
        end
        local function tellLeftover(item, own)
            if not item.isBare then return tellEndOf(item, own) end
            call('DEL', dependentsKey(item.job))
            noteTold(item.job)
        end
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
        """#, sha: "a89fbc726c8af2ac597a51f5c18aebe6ebfd0088")

    /// `whole.lua`
    static let whole = RedisScript(name: "whole", source: #"""
        local base = KEYS[1]
        local idKey, metaKey, waitKey, activeKey = base .. 'id', base .. 'meta', base .. 'wait', base .. 'active'
        local prioritizedKey, pcKey, delayedKey = base .. 'prioritized', base .. 'pc', base .. 'delayed'
        local completedKey, failedKey = base .. 'completed', base .. 'failed'
        local markerKey, eventsKey, stalledKey = base .. 'marker', base .. 'events', base .. 'stalled'
        local limiterKey, leasesKey, slicesKey = base .. 'limiter', base .. 'drover:leases', base .. 'drover:slices'
        local call = redis.call
        local groupsAt, groupAt, readGroup, clockOf, ruleOf, strideOf, refreshGroup, enterGroup, leaveGroup
        local function lockKey(id) return base .. id .. ':lock' end
        local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
        local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
        local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'
        local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'
        local moveKey = base .. 'drover:move'
        local function logKey(job) return job .. ':logs' end
        local function jobKeys(job)
            return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
                job .. ':dependents'
        end
        local function dependentsKey(job) return job .. ':dependents' end
        local function sharedKeyOf(other) return other .. 'drover:shared' end
        local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end
        local function queueOf(job)
            local other, id = string.match(job, '^(.*):([^:]*)$')
            return {
                base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
                prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
                children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
            }, id
        end
        local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end
        local pausedSchedulersKey = base .. 'drover:schedulers'
        local function schedulerKey(id) return repeatKey .. ':' .. id end
        local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end
        local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
        local keyOf = {
            waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
            ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
        }
        local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }
        local function stateOf(id)
            if call('ZSCORE', completedKey, id) then return 'completed' end
            if call('ZSCORE', failedKey, id) then return 'failed' end
            if call('ZSCORE', delayedKey, id) then return 'delayed' end
            if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
            if call('LPOS', activeKey, id) then return 'active' end
            local score = call('ZSCORE', childrenKey, id)
            if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
            return 'waiting'
        end
        local function takeOut(id, state)
            if state == 'waiting' then
                if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
                return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
            end
            call('ZREM', keyOf[state], id)
            if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
            return state
        end
        local function isPendingIteration(id)
            local scheduler = string.match(id, '^repeat:(.*):%d+$')
            local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
            return slot and iterationID(scheduler, tonumber(slot)) == id
        end
        local function fromRight(key, passed, count)
            if count <= 0 then return {} end
            local ids, turned = call('LRANGE', key, -(passed + count), -1 - passed), {}
            for index = #ids, 1, -1 do turned[#turned + 1] = ids[index] end
            return turned
        end
        local function behind(isAscending, cursor)
            local lastScore, lastID = string.match(cursor, '^([^\t]*)\t(.*)$')
            if not lastScore then return function() return true end end
            lastScore = tonumber(lastScore)
            return function(score, id)
                score = tonumber(score)
                if score == lastScore then return isAscending == (id > lastID) and id ~= lastID end
                return isAscending == (score > lastScore)
            end
        end
        local function walk(key, isAscending, cursor, bound, limit, visit, from)
            local isBehind, lastScore = behind(isAscending, cursor), string.match(cursor, '^([^\t]*)\t')
            local command, start = 'ZREVRANGEBYSCORE', lastScore or from or '+inf'
            if isAscending then command, start = 'ZRANGEBYSCORE', lastScore or from or '-inf' end
            local offset, visited = 0, 0
            while visited < limit do
                local part = call(command, key, start, bound, 'WITHSCORES', 'LIMIT', offset, limit)
                for index = 1, #part, 2 do
                    local id, score = part[index], part[index + 1]
                    if visited < limit and isBehind(score, id) then
                        visit(id, score)
                        visited, cursor = visited + 1, score .. '\t' .. id
                    end
                end
                if #part < limit * 2 then break end
                offset = offset + limit
            end
            return visited, cursor
        end
        local function showDependents(job, hash)
            for field = 1, #hash, 2 do
                if hash[field] == 'dps' then
                    local list = redis.pcall('LRANGE', job .. ':dependents', 0, -1)
                    hash[field + 1] = list.err and '' or table.concat(list, '\n')
                end
            end
        end
        local function hashOf(job)
            local hash = call('HGETALL', job)
            showDependents(job, hash)
            return hash
        end
        local concurrency, rate = unpack(call('HMGET', metaKey, 'concurrency', 'max'))
        local reply = {
            call('HGET', moveKey, 'body') or '', call('GET', idKey) or '0', call('ZCARD', childrenKey), call('LLEN', pausedKey),
            concurrency or '', rate or '', '',
        }
        local size, most = 0, math.huge
        local function show(id, state, score)
            local job = base .. id
            local hash, log = hashOf(job), call('LRANGE', logKey(job), 0, -1)
            if #hash == 0 then return end
            for _, value in ipairs(hash) do size = size + #value end
            for _, line in ipairs(log) do size = size + #line end
            local deduplication, held = call('HGET', job, 'deid'), {}
            if deduplication then
                local holderKey, keptKey = deduplicationKeys(deduplication)
                if call('GET', holderKey) == id then held = { call('PTTL', holderKey), call('EXISTS', keptKey) } end
            end
            local entry = {
                id, state, score or '', hash, log,
                call('EXISTS', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful'), held,
            }
            for _, part in ipairs(entry) do reply[#reply + 1] = part end
        end
        if ARGV[1] == 'point' then return reply end
        if ARGV[1] == 'ids' then
            for index = 2, #ARGV do
                if call('EXISTS', base .. ARGV[index]) == 1 then
                    local state = stateOf(ARGV[index])
                    local score = state ~= 'waiting' and state ~= 'active' and call('ZSCORE', keyOf[state], ARGV[index]) or ''
                    show(ARGV[index], state, score)
                end
            end
            return reply
        end
        local state, limit, cursor = ARGV[1], tonumber(ARGV[2]), ARGV[3]
        most = tonumber(ARGV[4])
        local key = keyOf[state]
        if state == 'waiting' or state == 'active' then
            local passed = tonumber(cursor) or 0
            local ids = fromRight(key, passed, limit)
            local shown = 0
            for _, id in ipairs(ids) do
                if size >= most then break end
                show(id, state)
                shown = shown + 1
            end
            if shown == limit or shown < #ids then reply[7] = string.format('%d', passed + shown) end
            return reply
        end
        local last, isCut = '', false
        local scores = scoresOf[state] or { '-inf', '+inf' }
        local visited = walk(key, true, cursor, scores[2], limit, function(id, score)
            isCut = isCut or size >= most
            if isCut then return end
            show(id, state, score)
            last = score .. '\t' .. id
        end, scores[1])
        if isCut or visited == limit then reply[7] = last end
        return reply
        """#, sha: "8f2dbed0a63822cf5d0b430355a80cd3ce5c5b55")
}
