"""BullMQ's own Python client as a peer of the tests; lines.py has the protocol.

usage: peer.py PORT PREFIX

A request names its queue as `queue`; `prefix` in it overrides the peer's. The operations are the functions `op_…` here
and in peer_worker.py; `call` reaches every other method of the client's Queue.
"""
import asyncio
import inspect
import sys

import redis.asyncio
from bullmq import FlowProducer, Job, Queue

from lines import serve
from peer_worker import Workers

JOB_FIELDS = (
    "id", "name", "data", "opts", "progress", "timestamp", "delay", "priority", "attemptsMade", "attemptsStarted",
    "stalledCounter", "processedOn", "finishedOn", "returnvalue", "failedReason", "stacktrace", "deferredFailure",
    "repeatJobKey", "parentKey", "parent",
)


def shown(value):
    """A value of the client as JSON: a job as its fields."""
    if isinstance(value, Job):
        return {field: getattr(value, field) for field in JOB_FIELDS}
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    return value


class Peer:
    """The queues of one Redis server that this peer has touched."""

    def __init__(self, port, prefix):
        self.port, self.prefix = port, prefix
        self.queues = {}
        # Commands of many tests at once, some of which block.
        self.redis = redis.asyncio.Redis(
            host="127.0.0.1", port=port, decode_responses=True, max_connections=10000)
        self.workers = Workers(self.options, self.redis)

    def options(self, request):
        return {"connection": {"host": "127.0.0.1", "port": self.port}, "prefix": request.get("prefix", self.prefix)}

    def queue(self, request):
        options = self.options(request)
        key = (options["prefix"], request["queue"])
        if key not in self.queues:
            self.queues[key] = Queue(request["queue"], options)
        return self.queues[key]

    async def job(self, request):
        job = await self.queue(request).getJob(request["job"])
        if job is None:
            raise LookupError(f"there is no job {request['job']}")
        return job

    async def answer(self, request):
        name = "op_" + request["op"]
        operation = getattr(self, name, None) or getattr(self.workers, name, None)
        if operation is None:
            raise LookupError(f"this peer has no operation {request['op']}")
        return shown(await operation(request))

    async def op_leave(self, request):
        """Ends all that works on or listens to a queue, at once, and forgets the queue."""
        await self.workers.leave(request["queue"])
        queue = self.queues.pop((self.options(request)["prefix"], request["queue"]), None)
        if queue is not None:
            await queue.close()

    # Adding

    async def op_add(self, request):
        job = await self.queue(request).add(request["name"], request.get("data"), request.get("opts") or {})
        return job.id

    async def op_addBulk(self, request):
        return [job.id for job in await self.queue(request).addBulk(request["jobs"])]

    async def op_addFlow(self, request):
        flows = FlowProducer(self.options(request))
        try:
            def ids(node):
                return {"job": node["job"].id, "children": [ids(child) for child in node.get("children") or []]}
            return ids(await flows.add(request["flow"]))
        finally:
            await flows.close()

    # Reading

    async def op_getJob(self, request):
        return await self.queue(request).getJob(request["job"])

    async def op_getState(self, request):
        return await self.queue(request).getJobState(request["job"])

    async def op_getCounts(self, request):
        return await self.queue(request).getJobCounts(*request.get("types", []))

    async def op_getJobs(self, request):
        return await self.queue(request).getJobs(
            request["types"], request.get("start", 0), request.get("end", -1), request.get("asc", False))

    async def op_getLogs(self, request):
        return await self.queue(request).getJobLogs(
            request["job"], request.get("start", 0), request.get("end", -1), request.get("asc", True))

    async def op_isPaused(self, request):
        return await self.queue(request).isPaused()

    # Queues

    async def op_pause(self, request):
        return await self.queue(request).pause()

    async def op_resume(self, request):
        return await self.queue(request).resume()

    async def op_drain(self, request):
        return await self.queue(request).drain(request.get("delayed", False))

    async def op_clean(self, request):
        return await self.queue(request).clean(request.get("grace", 0), request.get("limit", 0), request["type"])

    async def op_obliterate(self, request):
        return await self.queue(request).obliterate(request.get("force", False))

    async def op_retryJobs(self, request):
        return await self.queue(request).retryJobs(request.get("opts") or {})

    async def op_promoteJobs(self, request):
        return await self.queue(request).promoteJobs(request.get("opts") or {})

    async def op_trimEvents(self, request):
        return await self.queue(request).trimEvents(request["length"])

    # Jobs

    async def op_retryJob(self, request):
        return await (await self.job(request)).retry(request.get("state", "failed"), request.get("opts") or {})

    async def op_promote(self, request):
        return await (await self.job(request)).promote()

    async def op_changePriority(self, request):
        return await (await self.job(request)).changePriority(request["opts"])

    async def op_remove(self, request):
        """The number of jobs removed; 0 when it is locked."""
        return await self.queue(request).remove(request["job"], request.get("opts") or {})

    async def op_updateProgress(self, request):
        return await (await self.job(request)).updateProgress(request["progress"])

    async def op_updateData(self, request):
        return await (await self.job(request)).updateData(request["data"])

    async def op_log(self, request):
        return await (await self.job(request)).log(request["row"])

    async def op_complete(self, request):
        """Completes a job that was taken by hand."""
        job = await self.job(request)
        await job.moveToCompleted(request.get("value"), request["token"])

    async def op_childrenValues(self, request):
        return await (await self.job(request)).getChildrenValues()

    # What this client lacks

    async def op_removeOrphans(self, request):
        """Removes what Node's `removeOrphanedJobs` takes for jobs that are in no state, and names the removed keys.

        The Python client has no such call: this does what Node's is described to do (PROTOCOL 2.2).
        """
        base = f"{request.get('prefix', self.prefix)}:{request['queue']}:"
        own = ("active", "wait", "waiting-children", "paused", "id", "delayed", "prioritized", "stalled-check",
               "completed", "failed", "stalled", "repeat", "limiter", "meta", "events", "pc", "marker", "de")
        parts = ("logs", "dependencies", "processed", "failed", "unsuccessful", "lock")
        known = set()
        for name in ("active", "wait", "paused"):
            known.update(await self.redis.lrange(base + name, 0, -1))
        for name in ("waiting-children", "delayed", "prioritized", "completed", "failed"):
            known.update(await self.redis.zrange(base + name, 0, -1))
        removed = []
        async for key in self.redis.scan_iter(match=base + "*", count=1000):
            suffix = key[len(base):]
            if any(suffix == name or suffix.startswith(name + ":") for name in own):
                continue
            job, _, part = suffix.partition(":")
            if (part and part not in parts) or job in known:
                continue
            await self.redis.delete(key)
            removed.append(key)
        return removed

    # Everything else

    async def op_call(self, request):
        """A method of the client's Queue by name, with `args`. It is an error if this version has no such method."""
        method = getattr(self.queue(request), request["method"], None)
        if method is None:
            raise LookupError(f"this client's Queue has no {request['method']}")
        result = method(*request.get("args", []))
        return await result if inspect.isawaitable(result) else result

    async def op_offers(self, request):
        """Whether the client's Queue has a method."""
        return hasattr(self.queue(request), request["method"])

    async def op_raw(self, request):
        """Any command of Redis, as `words`."""
        return await self.redis.execute_command(*request["words"])


if __name__ == "__main__":
    async def main():
        await serve(Peer(int(sys.argv[1]), sys.argv[2]).answer)
    asyncio.run(main())
