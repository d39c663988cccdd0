#!/usr/bin/env bash
# Writes the tables against which the tests hold cron expressions: asks two independent Python libraries, croniter and
# cronsim, each in an environment of its own, for the next five times of random expressions in many zones.
# docs/decisions/0008-cron.md says what the tables are and what was decided where the two differ.
#
# usage: scripts/cron-oracles.sh [SEED [COUNT]]     without arguments it writes the committed tables anew
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-2026}
count=${2:-5000}
tables=Tests/DroverTests/Schedule/Oracles
work=.build/cron-oracles
mkdir -p "$work"

# The zones are those of the pinned package tzdata, not of the system.
export PYTHONTZPATH="" PYTHONDONTWRITEBYTECODE=1 LC_ALL=C

for oracle in croniter cronsim; do
    if ! cmp -s "$tables/requirements-$oracle.txt" "$work/$oracle.installed"; then
        rm -rf "${work:?}/$oracle"
        python3 -m venv "$work/$oracle"
        "$work/$oracle/bin/python" -m pip install --quiet --disable-pip-version-check \
            --requirement "$tables/requirements-$oracle.txt"
        # Copied last: an installation that broke off has none.
        cp "$tables/requirements-$oracle.txt" "$work/$oracle.installed"
    fi
done

echo "cron-oracles: seed $seed, $count questions"
"$work/croniter/bin/python" "$tables/questions.py" "$seed" "$count" >"$work/questions"
for oracle in croniter cronsim; do
    "$work/$oracle/bin/python" "$tables/ask.py" "$oracle" <"$work/questions" >"$work/$oracle.answers"
done
"$work/croniter/bin/python" "$tables/judge.py" "$seed" "$tables" \
    "$work/questions" "$work/croniter.answers" "$work/cronsim.answers"
