"""The model with Drover's deviations as a peer of the differential test; lines.py has the protocol.

usage: differential_peer.py PORT

Beside what model_peer.py has: `call` sets the markers of the queue when the method is done; `expire` ends what has a
time to live and is over by the test's clock; `compare` tells how the keys of two prefixes differ.
"""
import asyncio
import sys

from deviations import Drover
from dump import dump
from lines import serve
from model_peer import ModelPeer

# What only Drover writes into a job's hash.
PRIVATE = ["cnl"]


class DifferentialPeer(ModelPeer):
    def __init__(self, port):
        super().__init__(port)
        self.model = Drover(self.redis)
        self.model.queues = []

    async def answer(self, request):
        if request["op"] == "call":
            answer = self.call(request)
            self.model.mark(request["args"]["Q"])
            return answer
        if request["op"] == "expire":
            return self.expire(**{name: request[name] for name in ("now", "interval", "queues", "locks")})
        if request["op"] == "compare":
            return self.compare(*request["prefixes"], request["keptEvents"])
        return await super().answer(request)

    def expire(self, now, interval, queues, locks):
        checked = self.redis.get(queues[0] + ":stalled-check")
        over = [":stalled-check"] if checked and int(checked) + interval <= now else []
        for suffix in over + [f":{id}:lock" for id in locks]:
            self.redis.delete(*(queue + suffix for queue in queues))

    def compare(self, model, store, kept):
        theirs, ours = dump(self.redis, model), dump(self.redis, store, PRIVATE)
        differences = []
        for key in sorted(set(theirs) | set(ours)):
            one, other = theirs.get(key), ours.get(key)
            if one and other and one["type"] == "stream":
                one, other = differing(one["value"], other["value"], kept)
            if one != other:
                differences.append(f"{key}: model {one}, store {other}")
        return differences


def differing(one, other, kept):
    """The parts of two streams from where they differ, of six entries; none where they agree.

    Streams are trimmed by whole nodes, at moments that differ, so only what must be kept by both is compared.
    """
    size = min(len(one), len(other))
    if size >= kept:
        one, other = one[-size:], other[-size:]
    if one == other:
        return [], []
    first = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), size)
    return one[first:first + 6], other[first:first + 6]


if __name__ == "__main__":
    async def main():
        await serve(DifferentialPeer(int(sys.argv[1])).answer)
    asyncio.run(main())
