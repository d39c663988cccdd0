"""Adds waiting jobs by BullMQ's own Python client, a thousand a call, to compare the memory that they take.

usage: bullmq-add.py PORT QUEUE COUNT      in the environment that scripts/python-peers.sh makes
"""
import asyncio
import sys

from bullmq import Queue


async def main(port, name, count):
    queue = Queue(name, {"connection": {"host": "127.0.0.1", "port": port}})
    for first in range(0, count, 1000):
        size = min(1000, count - first)
        await queue.addBulk([{"name": "noop", "data": {"n": 1}, "opts": {}} for _ in range(size)])
    await queue.close()


asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
