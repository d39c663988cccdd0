"""Reads JSON objects, one a line, that measured the same thing; prints the median one with the spread of all.

usage: median.py FIGURE < LINES      FIGURE is the member to order by, for example jobsPerSecond
"""
import json
import sys

figure = sys.argv[1]
runs = sorted((json.loads(line) for line in sys.stdin if line.strip()), key=lambda run: run[figure])
if not runs:
    sys.exit("median: no measurement was given")
median = runs[len(runs) // 2]
median["runs"] = len(runs)
median["lowest"] = runs[0][figure]
median["highest"] = runs[-1][figure]
print(json.dumps(median))
