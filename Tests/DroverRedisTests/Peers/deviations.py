"""Where Drover differs from BullMQ 6.2.0 on purpose: the model with each difference in a place of its own.

What begins with `Deviation` names the section of PROTOCOL.md and the reason. All else is BullMQ's, from model.py, put
together as Drover does it: several jobs settled and claimed in one step.
"""
import json

from deviating_commands import Commands

LATE = "job stalled more than allowable limit"
EARLY = {
    -4: "Job {} has pending dependencies. moveToFinished",
    -9: "Cannot complete job {} because it has at least one failed child. moveToFinished",
}


class Drover(Commands):
    def __init__(self, redis):
        super().__init__(redis)
        # Of Drover's own leases, by queue and id: token and expiry.
        self.leases = {}
        # Jobs that retention removes, until it is time; None where they are removed at once.
        self.outdated = None
        self.pushed = self.putOff = self.keepsPriority = self.hidesDrained = self.hidesDelay = False
        # The job that a new one replaces, and its parent, until its removal has been told.
        self.replaced = None

    def exists(self, Q):
        return self.r.exists(Q + ":meta")

    def priority(self, Q, id):
        return int(self.r.hget(f"{Q}:{id}", "priority") or 0)

    def isLifo(self, Q, id):
        return json.loads(self.r.hget(f"{Q}:{id}", "opts") or "{}").get("lifo", False)

    def isActive(self, Q, id):
        return id in self.r.lrange(Q + ":active", 0, -1)

    # Deviation 7.3: markers are set once, when a script has done all else: what BullMQ's order of steps leaves unmarked
    # (a job given back to a priority, a queue that is no longer full at the end) wakes workers too.
    def push(self, Q, id, right=False):
        # Deviation 11.6, 12.5, 22: stalled and retried jobs keep their priority, as newer clients do.
        priority = self.priority(Q, id) if self.keepsPriority else 0
        if priority and right:
            self.r.zadd(Q + ":prioritized", {id: priority * 2**32})
        elif priority:
            self.r.zadd(Q + ":prioritized", {id: self.pscore(Q, priority)})
        else:
            (self.r.rpush if right else self.r.lpush)(Q + ":wait", id)
        self.pushed = True

    def pushprio(self, Q, id, p):
        self.r.zadd(Q + ":prioritized", {id: self.pscore(Q, p)})
        self.pushed = True

    def setdelay(self, Q):
        self.putOff = True

    def mark(self, Q):
        """The end of a script."""
        if self.pushed and not self.paused(Q):
            self.setbase(Q)
        if self.putOff:
            super().setdelay(Q)
        self.pushed = self.putOff = False

    # Deviation 8.2: every script that tells an event trims the stream, so the length is always written down.
    def emit(self, Q, *kv):
        if self.hidesDrained and kv == ("drained",):
            return
        self.maxev(Q)
        super().emit(Q, *kv)
        # Deviation 10.4: a parent hears that its child was replaced, as of every removal; BullMQ's waits for it for good.
        if self.replaced and kv[0] == "removed":
            (job, parent), self.replaced = self.replaced, None
            if self.r.exists(parent):
                self.detach(job, False, parent)

    # Deviation 9.4: `opts` has no copy of the delay; the hash's `delay` is what counts.
    def store(self, Q, id, name, data, opts, ts, parent=None, rjk=None):
        super().store(Q, id, name, data, opts, ts, parent, rjk)
        if self.hidesDelay:
            self.r.hset(f"{Q}:{id}", "opts", json.dumps({key: value for key, value in opts.items() if key != "delay"}))

    def unlock(self, Q, id, token):
        # Deviation 11.3, 22 (finish -3): that the job is active is looked at before anything is changed.
        if not self.isActive(Q, id):
            return -3
        own = self.leases.get((Q, id))
        # Deviation 9.6: an outcome is taken after the lock's end too, as long as nobody has put the job back.
        if own and own[0] == token and not self.r.exists(f"{Q}:{id}:lock"):
            self.r.srem(Q + ":stalled", id)
            code = 0
        else:
            code = super().unlock(Q, id, token)
        if code == 0:
            self.leases.pop((Q, id), None)
        return code

    def extend(self, Q, id, token, dur, now):
        own = self.leases.get((Q, id))
        if not own or own[0] != token:
            return 0
        # Deviation 11.2: as long as nobody has put the job back, a lock is renewed after its end too.
        if not self.r.exists(f"{Q}:{id}:lock"):
            self.r.set(f"{Q}:{id}:lock", token, px=dur)
        self.leases[(Q, id)] = (token, now + dur)
        return super().extend(Q, id, token, dur)

    # Adding

    def belongs(self, Q, id, de):
        return self.r.hget(f"{Q}:{id}", "deid") == de["id"]

    def dedup(self, Q, de, new, name, data, opts, parent, rjk, allowReplace):
        holder, kept = (f"{Q}:{word}:{de['id']}" for word in ("de", "dn")) if de else (None, None)
        old = self.r.get(holder) if de else None
        if old is not None:
            isDelayed = self.r.zscore(Q + ":delayed", old) is not None
            if de.get("replace") and isDelayed and self.belongs(Q, old, de):
                # Deviation 10.4: what was kept goes with the job that is replaced, as newer clients have it.
                self.r.delete(kept)
                parent = self.r.hget(f"{Q}:{old}", "parentKey")
                self.replaced = (f"{Q}:{old}", parent) if parent and allowReplace else None
            elif self.r.pttl(holder) == -1 and not self.r.exists(f"{Q}:{old}"):
                # Deviation 10.4: a holder that is gone holds nothing, as newer clients have it.
                self.r.delete(holder, kept)
            elif de.get("replace") and isDelayed:
                # Deviation 10.4: another job has the id of a holder that is gone.
                return old
        return super().dedup(Q, de, new, name, data, opts, parent, rjk, allowReplace)

    def postpone(self, Q, de, old, new, name, data, opts, parent, rjk):
        # Deviation 10.4: as above.
        return self.belongs(Q, old, de) and super().postpone(Q, de, old, new, name, data, opts, parent, rjk)

    def requeue(self, Q, d, now):
        jid = self.r.hget(f"{Q}:dn:{d}", "jid")
        if jid and self.r.exists(f"{Q}:{jid}"):
            # Deviation 10.4: a job that was stored meanwhile stays as it is.
            self.r.incr(Q + ":id")
            self.r.delete(f"{Q}:dn:{d}")
            self.emitT(Q, "duplicated", "jobId", jid)
            return
        super().requeue(Q, d, now)

    def addAll(self, Q, now, jobs):
        self.hidesDelay = True
        ids = [
            self.add("delayed" if job["opts"].get("delay") else "prioritized" if job["opts"].get("priority")
                     else "standard", Q, job.get("id"), job["name"], job["data"], now, job["opts"])
            for job in jobs]
        self.hidesDelay = False
        return ids

    def foreignFlow(self, Q, now, parent, children, policy):
        """A client that is not Drover adds a job that waits for others."""
        self.add("parent", Q, parent, "flow", "{}", now, {"attempts": 1})
        for child in children:
            link = {"id": parent, "queueKey": Q, **({policy: True} if policy else {})}
            self.add("standard", Q, child, "child", "{}", now, {"attempts": 1}, link)

    def foreignDeduplicated(self, Q, now, rule, delay):
        opts = {"attempts": 1, "de": rule, **({"delay": delay} if delay else {})}
        return self.add("delayed" if delay else "standard", Q, None, "once", "{}", now, opts)

    # Settling and claiming

    def exchange(self, Q, now, token, settle, claim, lease, worker, points):
        self.hidesDrained = True
        self.rules = []
        ends = [one for one in settle if one["kind"] in ("completed", "failed")]
        # A single job that ends goes through BullMQ's own retention.
        self.retainsHere = len(ends) > 1
        self.outdated = []
        codes = [self.settle(Q, now, points, one) for one in settle]
        outdated, self.outdated = self.outdated, None
        for job in outdated:
            self.deleteJob(*job)
        finished = any(code == 0 and one["kind"] in ("completed", "failed") for code, one in zip(codes, settle))
        # Deviation 11.5: of several jobs that end in one step, each rule is applied once, when all have ended.
        for target, keep in self.rules:
            self.retain(Q, now, target, keep)
        # Deviation 11.1: due jobs become claimable also where nothing is claimed.
        if settle or claim:
            self.promoteDue(Q, now)
        claimed = []
        for _ in range(claim):
            reply = self.fetch(Q, now, {"token": token, "lockDuration": lease, "name": worker})
            if not reply or not reply[1]:
                break
            claimed.append(reply[1])
            self.leases[(Q, reply[1])] = (token, now + lease)
        self.hidesDrained = False
        # Deviation 11.3: `drained` is told whenever nothing is ready or active, also when delayed jobs remain; BullMQ
        # tells that only where the next job was not asked for.
        if finished and not claimed and not self.r.exists(Q + ":wait", Q + ":active", Q + ":prioritized"):
            self.emit(Q, "drained")
        return ["settled" if code == 0 else "leaseLost" for code in codes], claimed

    def settle(self, Q, now, points, one):
        id, token, kind = one["id"], one["token"], one["kind"]
        if kind in ("completed", "failed"):
            keep = one["keep"]
            fields = self.failure(Q, one) if kind == "failed" else None
            attempts = 0 if one.get("exhausted") else 2**31
            later = self.retainsHere and keep.get("count") != 0
            if not self.isHeld(Q, id, token):
                return -2
            kept = {} if later else keep
            code = self.finish(Q, id, now, kind, one["value"], token, kept, attempts, points, fields, None)
            if code in (-4, -9):
                # What a client makes of a parent that ends too early (11.7).
                later = False
                reason = EARLY[code].format(id)
                code = self.finish(Q, id, now, "failed", reason, token, {}, 2**31, points, None, None)
            if code == 0 and later and keep and (kind, keep) not in self.rules:
                self.rules.append((kind, keep))
            # Deviation 11.3: no job that has ended keeps `defa`, completed ones neither.
            if code == 0:
                self.r.hdel(f"{Q}:{id}", "defa")
            return code
        if kind == "retry" and one["delay"] > 0:
            return self.toDelayed(Q, id, now, token, one["delay"], False, self.failure(Q, one), None)
        if kind == "retry":
            # 12.1 promotes before it looks at the lock; Drover only for a job that is put back.
            if not self.isHeld(Q, id, token):
                return -2
            return self.retry(Q, id, now, token, self.isLifo(Q, id) and not self.priority(Q, id), self.failure(Q, one))
        if kind == "snooze" and one["delay"] > 0:
            return self.toDelayed(Q, id, now, token, one["delay"], True, None, None)
        if kind == "snooze":
            return self.snooze(Q, id, now, token)
        return self.giveBackMarked(Q, id, token)

    # Deviation 11.3: retention comes behind the events of all jobs that have ended, which matters to a parent that it
    # releases.
    def deleteJob(self, Q, id, hard, free):
        if self.outdated is None:
            super().deleteJob(Q, id, hard, free)
        else:
            self.outdated.append((Q, id, hard, free))

    def isHeld(self, Q, id, token):
        lock, own = self.r.get(f"{Q}:{id}:lock"), self.leases.get((Q, id))
        return self.isActive(Q, id) and (lock == token if lock else bool(own) and own[0] == token)

    def failure(self, Q, one):
        """What a client writes of a failed attempt (17.5)."""
        fields = {"failedReason": one["value"]}
        if one.get("trace") is not None:
            traces = json.loads(self.r.hget(f"{Q}:{one['id']}", "stacktrace") or "[]") + [one["trace"]]
            fields["stacktrace"] = json.dumps(traces[max(len(traces) - one["keepTraces"], 0):])
        return fields

    # Deviation 12.2: a postponement that is over at once does not pass through `delayed`.
    def snooze(self, Q, id, now, token):
        if not self.isHeld(Q, id, token):
            return -2
        self.promoteDue(Q, now)
        self.unlock(Q, id, token)
        self.r.lrem(Q + ":active", -1, id)
        if self.priority(Q, id):
            self.pushprio(Q, id, self.priority(Q, id))
        else:
            self.push(Q, id)
        self.emitT(Q, "waiting", "jobId", id, "prev", "active")
        return 0

    # Deviation 12.3: a job given back to its priority sets the marker.
    def giveBackMarked(self, Q, id, token):
        code = self.giveBack(Q, id, token)
        self.pushed = self.pushed or code == 0
        return code

    # Deviation 11.5: what is too old goes oldest first, so that a bounded step leaves the newest.
    def retain(self, Q, now, target, keep):
        Z = f"{Q}:{target}"
        ids = []
        if keep.get("age") is not None:
            ids = self.r.zrangebyscore(Z, "-inf", now - keep["age"] * 1000, start=0, num=1000)
        if keep.get("count") is not None:
            ids += [id for id in self.r.zrange(Z, 0, -keep["count"] - 1) if id not in ids]
        for id in ids[:1000]:
            self.deleteJob(Q, id, False, False)
            self.r.zrem(Z, id)

    def foreignFetch(self, Q, now, token, lease):
        """A client that is not Drover takes a job."""
        reply = self.fetch(Q, now, {"token": token, "lockDuration": lease, "name": "other"})
        id = reply[1] if reply else 0
        if id:
            self.leases.pop((Q, id), None)
        return id

    # Deviation 11.6: Drover's own leases are put back as soon as they have expired; only those of others wait for the
    # second check. Both go to the front such that the job claimed first comes first; BullMQ's order is that of a set.
    def stalled(self, Q, mx, now, interval):
        out = []
        active = self.r.lrange(Q + ":active", 0, -1)
        own = [(lease[1], -active.index(id), id) for (queue, id), lease in self.leases.items()
               if queue == Q and lease[1] <= now and id in active and self.isHeld(Q, id, lease[0])]
        for _, _, id in sorted(own, reverse=True):
            self.r.delete(f"{Q}:{id}:lock")
            self.r.srem(Q + ":stalled", id)
            out.append(self.stall(Q, id, mx))
        if not self.r.exists(Q + ":stalled-check"):
            self.r.set(Q + ":stalled-check", now, px=interval)
            suspects = self.r.smembers(Q + ":stalled")
            self.r.delete(Q + ":stalled")
            for id in self.r.lrange(Q + ":active", 0, -1):
                if id in suspects and not self.r.exists(f"{Q}:{id}:lock"):
                    out.append(self.stall(Q, id, mx))
            active = self.r.lrange(Q + ":active", 0, -1)
            if active:
                self.r.sadd(Q + ":stalled", *active)
        return out

    def stall(self, Q, id, mx):
        J = f"{Q}:{id}"
        self.leases.pop((Q, id), None)
        self.r.lrem(Q + ":active", -1, id)
        stalls = self.r.hincrby(J, "stc", 1)
        # Deviation 11.6: a failure that the job carries already stays.
        if stalls > mx and not self.r.hexists(J, "defa"):
            self.r.hset(J, "defa", LATE)
        self.keepsPriority = True
        self.push(Q, id, True)
        self.keepsPriority = False
        self.emit(Q, "waiting", "jobId", id, "prev", "active")
        self.emit(Q, "stalled", "jobId", id)
        return id
