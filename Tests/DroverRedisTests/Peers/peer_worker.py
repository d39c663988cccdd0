"""Workers and listeners of the Python peer. What they see is told as events:

`{"event": "active" | "completed" | "failed" | "stalled" | "error", "worker": …, "queue": …, "jobId": …, …}` by a worker,
`{"event": "gate", "name": …, "jobId": …}` by a job that comes to a gate,
`{"event": "queue", "queue": …, "name": …, "args": …, "position": …}` by a listener.
"""
import asyncio
import time

from bullmq import DelayedError, QueueEvents, UnrecoverableError, Worker

from lines import describe, tell


class Workers:
    """The workers and listeners that this peer runs."""

    def __init__(self, options, redis):
        self.options, self.redis, self.started = options, redis, 0
        self.closing = []
        self.workers, self.listeners, self.gates, self.idle = {}, {}, {}, {}

    def gate(self, name):
        return self.gates.setdefault(name, asyncio.Event())

    async def step(self, job, step, token):
        """Does what one step of a job's data says."""
        what = step.get("do", "return")
        if what == "return":
            return step.get("value")
        if what == "fail":
            raise RuntimeError(step.get("message", "told to fail"))
        if what == "unrecoverable":
            raise UnrecoverableError(step.get("message", "told to fail for good"))
        if what == "sleep":
            await asyncio.sleep(step["ms"] / 1000)
        elif what == "progress":
            await job.updateProgress(step["value"])
        elif what == "log":
            await job.log(step["row"])
        elif what == "gate":
            tell({"event": "gate", "name": step["name"], "jobId": job.id})
            await self.gate(step["name"]).wait()
        elif what == "postpone":
            # Once: what comes back is done.
            if job.attemptsStarted < 2:
                await job.moveToDelayed(int(time.time() * 1000) + step["ms"], token)
                raise DelayedError()
        elif what == "hang":
            await asyncio.Event().wait()
        else:
            raise ValueError(f"there is no step {what}")

    async def process(self, job, token):
        """Obeys a job's data: one step, or `{"steps": [...]}`, of which the last says the value."""
        data = job.data if isinstance(job.data, dict) else {}
        value = None
        for step in data.get("steps", [data]):
            value = await self.step(job, step, token)
        return value

    async def op_work(self, request):
        """Starts a worker on a queue; `opts` are the client's. Returns its number. A `quiet` one tells nothing."""
        self.started += 1
        number = str(self.started)
        queue = request["queue"]
        # The client itself waits five seconds at most for the next job; tests want to end sooner.
        options = {"drainDelay": 1, **self.options(request), **(request.get("opts") or {}), "autorun": False}
        worker = Worker(queue, self.process, options)

        def say(event, job, **more):
            tell({"event": event, "worker": number, "queue": queue, "jobId": job.id, "name": job.name,
                  "attemptsMade": job.attemptsMade, "attemptsStarted": job.attemptsStarted, **more})

        if request.get("quiet"):
            self.workers[number] = (worker, asyncio.ensure_future(worker.run()))
            return number
        worker.on("active", lambda job, previous: say("active", job, data=job.data))
        worker.on("completed", lambda job, value: say("completed", job, value=value))
        worker.on("failed", lambda job, error: say("failed", job, message=str(error)))
        worker.on("stalled", lambda job: tell({"event": "stalled", "worker": number, "queue": queue, "jobId": job}))
        worker.on("error", lambda error, *job: tell(
            {"event": "error", "worker": number, "queue": queue, "jobId": job[0].id if job else None,
             "message": describe(error)}))
        self.workers[number] = (worker, asyncio.ensure_future(worker.run()))
        return number

    async def op_stopWork(self, request):
        """Closes a worker and waits for its jobs, or cancels them with `force`."""
        await self.end(*self.workers.pop(request["worker"]), request.get("force", False))

    async def end(self, worker, run, force):
        """Closes a worker. It is not waited for long while a job runs. What it does after its last job at times never ends:
        that is cut off, as it could take another one."""
        closing = asyncio.ensure_future(worker.close(force))
        self.closing += [closing, run]
        await asyncio.wait([closing], timeout=10)
        # What it said of its own end was told as an event.
        await asyncio.wait([run], timeout=2)
        open_tasks = [task for task in [*worker.processing, run] if not task.done() and not worker.jobs]
        for task in open_tasks:
            task.cancel()
        if open_tasks:
            await asyncio.wait(open_tasks, timeout=2)

    async def leave(self, queue):
        """Ends all that works on or listens to a queue, at once."""
        for number, (worker, run) in list(self.workers.items()):
            if worker.name == queue:
                del self.workers[number]
                await self.end(worker, run, True)
        for number, listener in list(self.listeners.items()):
            if listener.name == queue:
                del self.listeners[number]
                # Not waited for: it ends with its present read, which blocks.
                self.closing.append(asyncio.ensure_future(listener.close()))
        for key, worker in list(self.idle.items()):
            if worker.name == queue:
                del self.idle[key]
                await worker.close(True)

    async def op_take(self, request):
        """Takes one job by hand, under the request's `token`; null when none is handed out."""
        worker = self.hands(request)
        return await worker.moveToActive(request["token"])

    async def op_checkStalled(self, request):
        """Looks for stalled jobs now, if no client has within the interval; `opts` are those of a worker."""
        await self.hands(request).runStalledJobsCheck()

    def hands(self, request):
        """A worker of a queue that does nothing by itself."""
        key = (request["queue"], str(request.get("opts")))
        if key not in self.idle:
            options = {**self.options(request), **(request.get("opts") or {}), "autorun": False}
            self.idle[key] = Worker(request["queue"], None, options)
        return self.idle[key]

    async def op_openGate(self, request):
        """Lets the jobs pass that wait at a gate, now and later."""
        self.gate(request["name"]).set()

    async def op_events(self, request):
        """Tells the events of a queue, from the present end of its stream or from `from`."""
        options = self.options(request)
        start = request.get("from")
        if start is None:
            # Not `$`, which means the end at the time when the listener comes to read.
            last = await self.redis.xrevrange(f"{options['prefix']}:{request['queue']}:events", count=1)
            start = last[0][0] if last else "0-0"
        self.started += 1
        self.listeners[self.started] = Listener(request["queue"], {**options, "lastEventId": start})


class Listener(QueueEvents):
    """Tells every event that the client reads."""

    def emit(self, event_name, *args, **kwargs):
        # The client repeats each event for its job alone, as `completed:17`.
        if event_name == "error":
            tell({"event": "error", "queue": self.name, "message": describe(args[0])})
        elif ":" not in event_name:
            fields, position = args if len(args) == 2 else ({}, args[0])
            tell({"event": "queue", "queue": self.name, "name": event_name, "args": fields, "position": position})
