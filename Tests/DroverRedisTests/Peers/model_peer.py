"""The executable model as a peer of the tests; lines.py has the protocol.

usage: model_peer.py PORT

`call` runs a method of the model: `method`, and `args` as a list or by name. With `now`, the model's parameters `now`
and `ts` are that and are left out of the list. `dump` gives what the keys of a `prefix` hold.
"""
import asyncio
import inspect
import sys

import redis

from dump import dump
from lines import serve
from model import Model


class ModelPeer:
    """The model on one Redis server."""

    def __init__(self, port):
        self.redis = redis.Redis(host="127.0.0.1", port=port, decode_responses=True)
        self.model = Model(self.redis)
        # The queues that the model may meet in keys of jobs; `queues` of a request adds to them.
        self.model.queues = []

    def call(self, request):
        method = getattr(self.model, request["method"])
        names = list(inspect.signature(method).parameters)
        values = {name: request["now"] for name in ("now", "ts") if name in names and "now" in request}
        args = request.get("args", [])
        values.update(args if isinstance(args, dict) else zip((name for name in names if name not in values), args))
        for queue in request.get("queues", []) + [values[name] for name in ("Q", "P") if name in values]:
            if queue not in self.model.queues:
                self.model.queues.append(queue)
        return method(**values)

    async def answer(self, request):
        if request["op"] == "call":
            return self.call(request)
        if request["op"] == "dump":
            return dump(self.redis, request["prefix"], request.get("without", []), request.get("withoutInEvents", []))
        if request["op"] == "raw":
            return self.redis.execute_command(*request["words"])
        raise LookupError(f"this peer has no operation {request['op']}")


if __name__ == "__main__":
    async def main():
        await serve(ModelPeer(int(sys.argv[1])).answer)
    asyncio.run(main())
