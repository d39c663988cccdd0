"""The protocol of every peer: JSON lines on the standard input and output.

A request is one line, `{"id": 1, "op": "add", …}`; its answer is one line, `{"id": 1, "ok": …}` or
`{"id": 1, "error": "…"}`. What happens by itself is a line `{"event": "…", …}`. A peer greets with the line `ready` and
ends when its input ends. Requests run side by side: who needs an order waits for the answer.
"""
import asyncio
import json
import os
import sys


def tell(value):
    """Writes one line."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), default=plain)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def plain(value):
    """What JSON has no form for."""
    if isinstance(value, (set, tuple)):
        return list(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def describe(error):
    """An error in one line: its type and what it says."""
    return f"{type(error).__name__}: {error}"


async def serve(answer):
    """Answers every line of the input with what the coroutine `answer(request)` returns, until the input ends."""
    reader = asyncio.StreamReader(limit=1 << 26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running = set()

    async def run(request):
        try:
            tell({"id": request["id"], "ok": await answer(request)})
        except Exception as error:
            tell({"id": request["id"], "error": describe(error)})

    tell("ready")
    while line := await reader.readline():
        # Kept, since the loop itself holds tasks only weakly.
        task = asyncio.ensure_future(run(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)
    # Jobs that still run are left as a crash would leave them: nothing is closed, and nothing complains of it.
    sys.stdout.flush()
    os._exit(0)
