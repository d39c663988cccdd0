"""Reads the JSON of `drover jobs`; prints how long its jobs waited between being stored and being claimed.

Both instants come from the store's one clock, in whole milliseconds.
usage: pickup.py < JOBS
"""
import datetime
import json
import sys



def milliseconds(instant):
    """Whole milliseconds of an RFC 3339 instant in UTC."""
    return round(datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp() * 1000)


jobs = json.load(sys.stdin)["jobs"]
waits = sorted(milliseconds(job["processedAt"]) - milliseconds(job["createdAt"]) for job in jobs)
if not waits:
    sys.exit("pickup: no job was given")
print(json.dumps({
    "scenario": "pickup-between-processes",
    "jobs": len(waits),
    "p50Ms": waits[len(waits) // 2],
    "p99Ms": waits[min(len(waits) - 1, len(waits) * 99 // 100)],
}))
