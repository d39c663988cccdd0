"""Asks one oracle for the next five instants; runs in the oracle's own environment.

usage: ask.py croniter|cronsim < questions > answers

An answer is a line: five instants, or `refused` when the expression is refused or the oracle breaks off.
"""

import re
import sys

from edges import local


def croniter(expression, zone, instant):
    from croniter import croniter as Croniter
    from datetime import datetime

    fields = expression.split()
    if len(fields) > 1:
        # croniter writes the month's last Friday as L5.
        fields[-1] = re.sub(r"([0-7])L", r"L\1", fields[-1])
    search = Croniter(" ".join(fields), local(instant, zone), second_at_beginning=True)
    return [int(search.get_next(datetime).timestamp()) for _ in range(5)]


def cronsim(expression, zone, instant):
    from cronsim import CronSim

    search = CronSim(expression, local(instant, zone))
    return [int(next(search).timestamp()) for _ in range(5)]


def main():
    ask = {"croniter": croniter, "cronsim": cronsim}[sys.argv[1]]
    for line in sys.stdin:
        expression, zone, instant = line.rstrip("\n").split("\t")
        try:
            print(*ask(expression, zone, int(instant)))
        except (Exception, StopIteration):
            # Oracles also break off with assertions, lookups that fail and the like.
            print("refused")


if __name__ == "__main__":
    main()
