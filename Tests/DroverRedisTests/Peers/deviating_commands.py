"""Where Drover's commands and sweeps differ from BullMQ 6.2.0 on purpose; deviations.py has the rest and what they share."""
import json

from model import Model


class Commands(Model):
    def report(self, Q, now, id, token, kind, text, more):
        # Deviation 12.9: reports are stored under a lease only.
        if not self.isHeld(Q, id, token):
            return "leaseLost"
        if kind == "progress":
            self.progress(Q, id, text)
        elif kind == "log":
            self.log(Q, id, text, more)
        elif kind == "step":
            # Deviation 4: what a step recorded is a field that BullMQ does not know.
            self.r.hset(f"{Q}:{id}", f"step:{more}", f"{now} {text}")
        else:
            self.r.hset(f"{Q}:{id}", "data", text)
        return "recorded"

    def command(self, Q, now, id, kind, argument, flag):
        done = {
            "retry": lambda: self.retryFinished(Q, now, id, flag),
            "promote": lambda: self.promote(Q, id) == 0,
            "remove": lambda: self.removeIdle(Q, id),
            "changePriority": lambda: self.changePriorityMarked(Q, id, argument, flag),
            "changeDelay": lambda: self.changeDelay(Q, id, now, argument) == 0,
            "data": lambda: self.updateData(Q, id, argument),
        }[kind]()
        return bool(done)

    def updateData(self, Q, id, text):
        """12.9, which the model lacks."""
        return self.r.exists(f"{Q}:{id}") and self.r.hset(f"{Q}:{id}", "data", text) == 0

    # Deviation 12.10: an active job is never removed by hand, locked or not; and never the children of a job.
    def removeIdle(self, Q, id):
        return self.r.exists(f"{Q}:{id}") and not self.isActive(Q, id) and self.remove(Q, id, False) == 1

    # Deviation 12.5: a parent that is to run again waits for the children that failed it, and for those that are pending.
    def awaitsAgain(self, J):
        for child in self.r.zrange(f"{J}:unsuccessful", 0, -1):
            if self.r.hget(child, "parentKey") == J:
                self.r.sadd(f"{J}:dependencies", child)
        self.r.delete(f"{J}:unsuccessful")
        return self.r.scard(f"{J}:dependencies") > 0

    def waitAgain(self, Q, now, id, state, reset):
        J = f"{Q}:{id}"
        self.r.zrem(f"{Q}:{state}", id)
        self.r.hdel(J, "finishedOn", "processedOn", *(["atm", "ats"] if reset else []))
        self.r.hset(J, "delay", 0)
        self.r.zadd(f"{Q}:waiting-children", {id: now})
        above = self.r.hget(J, "parentKey")
        if above and self.r.exists(above):
            known = (self.r.hdel(f"{above}:processed", J) if state == "completed"
                     else self.r.zrem(f"{above}:unsuccessful", J) or self.r.hdel(f"{above}:failed", J))
            if known:
                self.r.sadd(f"{above}:dependencies", J)
        self.emitT(Q, "waiting-children", "jobId", id, "prev", state)

    def retryFinished(self, Q, now, id, reset):
        ended = [state for state in ("completed", "failed") if self.r.zscore(f"{Q}:{state}", id) is not None]
        state = ended[0] if ended else None
        if not state:
            return False
        if self.awaitsAgain(f"{Q}:{id}"):
            self.waitAgain(Q, now, id, state, reset)
        else:
            self.keepsPriority = True
            self.reprocess(Q, id, state, self.isLifo(Q, id) and not self.priority(Q, id), reset, reset)
            self.keepsPriority = False
        # Deviation 12.5: the reason of an earlier failure goes also when a completed job runs again, and the other way; and
        # that it was to fail by a child.
        self.r.hdel(f"{Q}:{id}", "failedReason", "returnvalue", "defa")
        # Deviation 4: with the attempts the steps begin anew.
        steps = [field for field in self.r.hkeys(f"{Q}:{id}") if field.startswith("step:")]
        if reset and steps:
            self.r.hdel(f"{Q}:{id}", *steps)
        return True

    # Deviation 12.8: a job put to the front of a priority sets the marker.
    def changePriorityMarked(self, Q, id, priority, lifo):
        isReady = self.r.zscore(Q + ":prioritized", id) is not None or id in self.r.lrange(Q + ":wait", 0, -1)
        code = self.changePriority(Q, id, priority, lifo)
        self.pushed = self.pushed or isReady
        return code == 0

    # Deviation 13.3, 13.5: a queue that nobody has used stays unknown; `cleaned` is not told there.
    def clean(self, Q, state, cut, limit):
        if not self.exists(Q):
            return []
        if state == "prioritized":
            return self.cleanPrioritized(Q, cut, limit)
        out = super().clean(Q, state, cut, limit)
        # Deviation 13.3: an active job that is removed takes its lease with it.
        for id in out:
            self.leases.pop((Q, id), None)
        return out

    # Deviation 13.3: a prioritized job counts from its last start too, as waiting and delayed ones do.
    def cleanPrioritized(self, Q, cut, limit):
        out = []
        for id in self.r.zrange(Q + ":prioritized", 0, limit - 1):
            started, stored = self.r.hmget(f"{Q}:{id}", "processedOn", "timestamp")
            if int(started or stored) <= cut:
                self.deleteJob(Q, id, True, True)
                self.r.zrem(Q + ":prioritized", id)
                out.append(id)
        self.emit(Q, "cleaned", "count", len(out))
        return out

    def obliterate(self, Q, count, force):
        code = super().obliterate(Q, count, force)
        if code == 0:
            # Deviation 13.5: jobs that wait for children go too: nothing of the queue is left.
            for id in self.r.zrange(Q + ":waiting-children", 0, -1):
                self.deleteJob(Q, id, True, True)
                self.r.zrem(Q + ":waiting-children", id)
            self.leases = {key: lease for key, lease in self.leases.items() if key[0] != Q}
        return code
