#!/usr/bin/env bash
# Measures a release build: on a SQLite file in a temporary folder, a new one for each run, or on a Redis server that it
# starts for itself and empties before each run. Each scenario runs five times; the median of the five is one JSON object
# a line on standard output. What the figures must reach stands in docs/benchmarks.md.
#
# usage: [STORE=sqlite|redis] scripts/bench.sh [SCENARIO…]
#   SQLite: add-bulk add process latency pickup deep features (all but the last two by default)
#   Redis:  these, and process-1, process-aof, raw-add, raw-exchange-10, memory, idle, distant (all by default)
# RUNS, JOBS, LATENCY_JOBS, WAITING, SETTLE, IDLE_SECONDS and TMPDIR may be set: how often each scenario runs, how many
# jobs it has, and `latency`, how many more wait in `deep`, how long that waits before it measures, how long an idle worker
# is watched, and where the file lies. IDLE_SETTLE is how many seconds it is left alone before.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/redis-server.sh
. scripts/bench-redis.sh
runs=${RUNS:-5} jobs=${JOBS:-100000}
case ${STORE:-sqlite} in
    sqlite) kind=sqlite width=100 all="add-bulk add process latency pickup" depths=${WAITING:-1000000} settle=${SETTLE:-0s} ;;
    redis)
        kind=redis width=50 depths=${WAITING:-1000 1000000} settle=${SETTLE:-40s}
        all="add-bulk raw-add add process process-1 raw-exchange-10 distant deep latency pickup memory idle process-aof"
        ;;
    *) echo "bench: STORE is sqlite or redis, not $STORE" >&2; exit 2 ;;
esac

drover=$(scripts/release.sh)/drover
folder=$(mktemp -d)
worker= monitor= proxy=
cleanup() {
    [ -z "$proxy" ] || kill "$proxy" 2>/dev/null || true
    [ -z "$monitor" ] || kill "$monitor" 2>/dev/null || true
    [ -z "$worker" ] || { kill "$worker" 2>/dev/null && wait "$worker"; } || true
    stop_redis
    rm -rf "$folder"
}
trap cleanup EXIT

# An empty store whose URL is in `url`.
fresh() {
    if [ $kind = redis ]; then
        url=redis://127.0.0.1:$redis_port
        redis flushall sync >/dev/null
    else
        rm -f "$folder"/jobs.sqlite*
        url=sqlite:$folder/jobs.sqlite
    fi
}

# A Redis server with these options, and what they mean in words; the one before it is stopped.
serve() { # durability, options…
    durability=$1
    [ $kind = redis ] || return 0
    stop_redis
    start_redis "$folder/redis-${durability// /-}" "${@:2}"
}

scenario() { # name, jobs, concurrency, the figure to order the runs by, more options
    local run
    for ((run = 0; run < runs; run++)); do
        fresh
        "$drover" bench --store "$url" --scenario "$1" --jobs "$2" --concurrency "$3" --json "${@:5}"
    done | python3 scripts/median.py "$4"
}

# One process waits for jobs, another adds one at a time; the next is added when the one before is done.
pickup() {
    local run job
    for ((run = 0; run < runs; run++)); do
        fresh
        "$drover" work --store "$url" --queue pickup:1 --handler noop 2>"$folder/worker.log" &
        worker=$!
        for ((job = 0; job < 100; job++)); do
            "$drover" add --store "$url" --queue pickup hello --wait --wait-timeout 30s >/dev/null 2>"$folder/added" ||
                { cat "$folder/added" >&2; return 1; }
        done
        kill "$worker" && wait "$worker" || true
        worker=
        "$drover" jobs --store "$url" --queue pickup --state completed --limit 100 --json | python3 scripts/pickup.py \
            >>"$folder/pickup.jsonl"
    done
    # Not a pipe behind the loop: the worker would then belong to a subshell, and outlive a failure.
    python3 scripts/median.py p50Ms <"$folder/pickup.jsonl"
}

# `process` with jobs that make use of one feature each, and of none, in turn: a machine whose speed changes from minute
# to minute changes all alike. FEATURES may name some.
features() {
    local run feature with
    local names=${FEATURES:-deduplication expiry groups group-limits concurrency rate sliding-rate worker-rate allowances flows graphs chains dead-letters batches manual}
    for ((run = 0; run < runs; run++)); do
        for feature in plain $names; do
            with=()
            [ "$feature" = plain ] || with=(--with "$feature")
            fresh
            "$drover" bench --store "$url" --scenario process --jobs "$jobs" --concurrency $width --json "${with[@]}" \
                >>"$folder/feature-$feature.jsonl"
        done
    done
    for feature in plain $names; do python3 scripts/median.py jobsPerSecond <"$folder/feature-$feature.jsonl"; done
}

unknown() { echo "bench: no scenario of $kind is called $1" >&2; exit 2; }

measure() { # scenario
    local depth
    case $1 in
        add-bulk) scenario add-bulk "$jobs" 1 jobsPerSecond ;;
        add) scenario add "$jobs" 100 jobsPerSecond ;;
        deep) for depth in $depths; do scenario process "$jobs" $width jobsPerSecond --waiting "$depth" --settle "$settle"; done ;;
        latency) scenario latency "${LATENCY_JOBS:-1000}" 1 p50Ms ;;
        pickup) pickup ;;
        features) features ;;
        *)
            if [ $kind = redis ]; then measure_redis "$1"
            elif [ "$1" = process ]; then scenario process "$jobs" $width jobsPerSecond
            else unknown "$1"; fi ;;
    esac
}

serve none
for name in ${*:-$all}; do
    echo "bench: $name, $runs runs" >&2
    # Not a pipe: a server or a worker that is started would belong to a subshell.
    measure "$name" >"$folder/row"
    cat "$folder/row"
    cat "$folder/row" >>"$folder/rows.jsonl"
done

[ $kind = sqlite ] || compare
