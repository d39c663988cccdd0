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
print(json.dumps({
    "scenario": "pickup-between-processes",
    "jobs": len(waits),
    "p50Ms": waits[len(waits) // 2],
    "p99Ms": waits[min(len(waits) - 1, len(waits) * 99 // 100)],
}))
