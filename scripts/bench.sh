#!/usr/bin/env bash
# Measures a release build on a SQLite file in a temporary folder: each scenario five times on a new file, the median
# of the five as one JSON object a line on standard output. What the figures must reach stands in docs/benchmarks.md.
#
# usage: scripts/bench.sh [SCENARIO…]      add-bulk add process latency pickup deep (all but deep by default)
# RUNS, JOBS, WAITING and TMPDIR may be set: how often each scenario runs, how many jobs it has, how many more wait in
# `deep`, and where the file lies.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-5} jobs=${JOBS:-100000}

swift build -c release --product drover >&2
drover=$(swift build -c release --show-bin-path)/drover
folder=$(mktemp -d)
worker=
cleanup() {
    [ -z "$worker" ] || { kill "$worker" 2>/dev/null && wait "$worker"; } || true
    rm -rf "$folder"
}
trap cleanup EXIT

scenario() { # name, jobs, concurrency, the figure to order the runs by, more options
    local run
    for ((run = 0; run < runs; run++)); do
        "$drover" bench --store "sqlite:$folder/$1-$run.sqlite" --scenario "$1" --jobs "$2" --concurrency "$3" --json "${@:5}"
        rm -f "$folder/$1-$run.sqlite"*
    done | tee -a "$folder/all.jsonl" | python3 scripts/median.py "$4"
}

# One process waits for jobs, another adds one at a time; the next is added when the one before is done.
pickup() {
    local run job
    for ((run = 0; run < runs; run++)); do
        local store="sqlite:$folder/pickup-$run.sqlite"
        "$drover" work --store "$store" --queue pickup:1 --handler noop 2>"$folder/worker.log" &
        worker=$!
        for ((job = 0; job < 100; job++)); do
            "$drover" add --store "$store" --queue pickup hello --wait --wait-timeout 30s >/dev/null
        done
        kill "$worker" && wait "$worker" || true
        worker=
        "$drover" jobs --store "$store" --queue pickup --state completed --limit 100 --json | python3 scripts/pickup.py \
            >>"$folder/pickup.jsonl"
    done
    # Not a pipe behind the loop: the worker would then belong to a subshell, and outlive a failure.
    python3 scripts/median.py p50Ms <"$folder/pickup.jsonl"
}

for name in ${*:-add-bulk add process latency pickup}; do
    echo "bench: $name, $runs runs" >&2
    case $name in
        add-bulk) scenario add-bulk "$jobs" 1 jobsPerSecond ;;
        add) scenario add "$jobs" 100 jobsPerSecond ;;
        process) scenario process "$jobs" 100 jobsPerSecond ;;
        deep) scenario process "$jobs" 100 jobsPerSecond --waiting "${WAITING:-1000000}" ;;
        latency) scenario latency 1000 1 p50Ms ;;
        pickup) pickup ;;
        *) echo "bench: no scenario is called $name" >&2; exit 2 ;;
    esac
done
