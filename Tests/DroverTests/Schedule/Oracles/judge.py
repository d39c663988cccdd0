"""Sorts the answers into the three tables.

usage: judge.py SEED FOLDER questions croniters-answers cronsims-answers

- agreed.tsv: both oracles accept the expression and say what the reference says.
- one-oracle.tsv: one accepts it and says what the reference says, the other refuses it.
- decided.tsv: an oracle says otherwise; for each, whether it says the same, refuses, or why it differs. The reasons are
  those of docs/decisions/0008-cron.md. A difference without a known reason ends the run.
"""

import sys
from collections import Counter

from edges import edges
from reasons import reason
from reference import reference


COLUMNS = {"agreed": "as both say", "one-oracle": "as this one says", "decided": "croniter, cronsim"}


def verdict(oracle, question, answer, expected):
    if answer in ("refused", expected):
        return "refused" if answer == "refused" else "same"
    expression, zone, instant = question
    numbers = [[int(i) for i in text.split()] for text in (answer, expected)]
    return reason(oracle, expression, zone, int(instant), *numbers)


def near_turns(rows):
    """How many rows have a change of the clock in the day before the question or from it to the last answer."""
    spans = ((row[1], int(row[2]), int(row[3].split()[-1])) for row in rows)
    return sum(bool(edges(zone, start - 86400, min(end, start + 7 * 86400))) for zone, start, end in spans)


def main():
    seed, folder = sys.argv[1:3]
    rows = {"agreed": [], "one-oracle": [], "decided": []}
    unexplained = refused = 0
    reasons = Counter()
    for lines in zip(*(open(path) for path in sys.argv[3:6])):
        question, croniters, cronsims = (line.rstrip("\n") for line in lines)
        question = question.split("\t")
        if croniters == cronsims == "refused":
            refused += 1
            continue
        expected = " ".join(map(str, reference(question[0], question[1], int(question[2]))))
        verdicts = [
            verdict("croniter", question, croniters, expected), verdict("cronsim", question, cronsims, expected),
        ]
        if None in verdicts:
            unexplained += 1
            print("no reason:", *question, verdicts, expected, croniters, cronsims, sep="\n  ", file=sys.stderr)
        elif verdicts == ["same", "same"]:
            rows["agreed"].append([*question, expected])
        elif sorted(verdicts) == ["refused", "same"]:
            rows["one-oracle"].append([*question, expected, "croniter" if verdicts[0] == "same" else "cronsim"])
        else:
            rows["decided"].append([*question, expected, *verdicts])
            reasons.update(f"{name}:{why}" for name, why in zip(("croniter", "cronsim"), verdicts))
    for name, table in rows.items():
        with open(f"{folder}/{name}.tsv", "w") as file:
            origin = f"# Written by scripts/cron-oracles.sh with seed {seed}"
            print(f"{origin}; docs/decisions/0008-cron.md explains it.", file=file)
            print("# expression, zone, instant, next five, " + COLUMNS[name], file=file)
            for row in table:
                print(*row, sep="\t", file=file)
        zones = len({row[1] for row in table})
        print(f"{name}: {len(table)} rows, {zones} zones, {near_turns(table)} over a change of the clock")
    print(f"refused by both: {refused}")
    for why, count in sorted(reasons.items()):
        print(f"  {why}: {count}")
    if unexplained:
        sys.exit(f"{unexplained} differences have no reason")


if __name__ == "__main__":
    main()
