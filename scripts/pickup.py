"""Reads the JSON of `drover jobs`; prints how long its jobs waited between being stored and being claimed.

Both instants come from the store's one clock, in whole milliseconds.
usage: pickup.py < JOBS
"""
import json
import sys


jobs = json.load(sys.stdin)["jobs"]
waits = sorted(job["processedAt"] - job["createdAt"] for job in jobs)
if not waits:
    sys.exit("pickup: no job was given")


def percentile(percent):
    """The wait of the nearest rank: so many percent of the waits do not exceed it."""
    return waits[max(0, (len(waits) * percent + 99) // 100 - 1)]


print(json.dumps({
    "scenario": "pickup-between-processes",
    "jobs": len(waits),
    "p50Ms": percentile(50),
    "p99Ms": percentile(99),
}))
