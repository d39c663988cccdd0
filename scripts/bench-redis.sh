#!/usr/bin/env bash
# What scripts/bench.sh measures on Redis alone. Sourced by it, after scripts/redis-server.sh; uses its `drover`,
# `folder`, `jobs`, `runs` and functions. Every function prints JSON objects, one a line.
set -euo pipefail

raw_base=bull:bench:

# Seconds of processor time that the server has used so far, as `INFO cpu` has them.
server_seconds() { redis info cpu | tr -d '\r' | awk -F: '/^used_cpu_(user|sys):/ { sum += $2 } END { print sum }'; }

# Gives one call of a script again and again, from one connection; prints calls a second.
repeat() { # how often, SHA-1 of the script, number of keys, keys and arguments…
    redis-benchmark -h 127.0.0.1 -p "$redis_port" -c 1 -n "$1" --csv EVALSHA "${@:2}" 2>/dev/null |
        tail -n 1 | sed 's/^"[^"]*","\([0-9.]*\)".*/\1/'
}

raw_add() { # how many jobs, how many a call; prints calls a second
    repeat $(($1 / $2)) "$(redis script load "$(cat Benchmarks/redis-raw/add.lua)")" 5 \
        "$raw_base" "${raw_base}id" "${raw_base}wait" "${raw_base}marker" "${raw_base}events" "$2"
}

raw_exchange() { # how many jobs, how many a call; prints calls a second. The last call settles what the one before claimed.
    repeat $(($1 / $2 + 1)) "$(redis script load "$(cat Benchmarks/redis-raw/exchange.lua)")" 6 \
        "$raw_base" "${raw_base}wait" "${raw_base}active" "${raw_base}completed" "${raw_base}events" "${raw_base}marker" \
        "$2" 30000
}

# One run of what the layout allows, without the store: `raw_run add 1000`, `raw_run exchange 50`.
raw_run() { # add or exchange, how many a call
    local before used rate count done_jobs
    count=$((jobs / 1000 * 1000))
    [ "$count" -gt 0 ] || count=1000
    redis flushall sync >/dev/null
    [ "$1" = add ] || raw_add "$count" 1000 >/dev/null
    before=$(server_seconds)
    rate=$("raw_$1" "$count" "$2")
    used=$(server_seconds)
    if [ "$1" = add ]; then done_jobs=$(redis llen "${raw_base}wait"); else done_jobs=$(redis zcard "${raw_base}completed"); fi
    [ "$done_jobs" = "$count" ] || { echo "bench: raw $1: $done_jobs of $count jobs" >&2; return 1; }
    jq -cn --arg scenario "raw-$1" --arg durability "$durability" --argjson jobs "$count" --argjson batch "$2" \
        --argjson rate "$rate" --argjson used "$(awk "BEGIN { print $used - $before }")" \
        '{scenario: $scenario, store: "redis", durability: $durability, jobs: $jobs, batch: $batch,
          jobsPerSecond: ($jobs * $rate / (if $scenario == "raw-add" then $jobs / $batch else $jobs / $batch + 1 end)),
          serverCpuMicrosPerJob: ($used * 1e8 / $jobs | round / 100)} | .jobsPerSecond |= round'
}

raw() { # add or exchange, how many a call
    local run
    for ((run = 0; run < runs; run++)); do raw_run "$1" "$2"; done | python3 scripts/median.py jobsPerSecond
}

# `process` and the raw exchange with as many jobs a call, in turn: a machine whose speed changes from minute to minute
# changes both alike.
process_beside_raw() { # concurrency
    local run
    rm -f "$folder"/{own,raw}.jsonl
    for ((run = 0; run < runs; run++)); do
        fresh
        "$drover" bench --store "$url" --scenario process --jobs "$jobs" --concurrency "$1" --json >>"$folder/own.jsonl"
        raw_run exchange "$1" >>"$folder/raw.jsonl"
    done
    python3 scripts/median.py jobsPerSecond <"$folder/own.jsonl"
    python3 scripts/median.py jobsPerSecond <"$folder/raw.jsonl"
}

# Bytes of the server for each job that waits: Drover's, and the same jobs added by BullMQ's Python client.
memory() {
    local python before drovers
    python=$(scripts/python-peers.sh)
    redis flushall sync >/dev/null
    before=$(redis_figure memory used_memory)
    "$drover" add --store "$url" --queue memory noop --data '{"n":1}' --count "$jobs" >/dev/null 2>&1
    drovers=$(($(redis_figure memory used_memory) - before))
    redis flushall sync >/dev/null
    before=$(redis_figure memory used_memory)
    "$python" Benchmarks/bullmq-add.py "$redis_port" memory "$jobs" >&2
    jq -cn --argjson jobs "$jobs" --argjson drover "$drovers" \
        --argjson bullmq $(($(redis_figure memory used_memory) - before)) \
        '{scenario: "memory-per-waiting-job", store: "redis", jobs: $jobs, bytesPerJob: ($drover / $jobs | round),
          bullmqPythonBytesPerJob: ($bullmq / $jobs | round)}'
}

# Clock ticks of processor time that a process has used (proc(5), stat).
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# A worker of 20 queues with nothing to do.
idle() {
    local queues=() number before after used resident connections all seconds=${IDLE_SECONDS:-120}
    redis flushall sync >/dev/null
    for ((number = 1; number <= 20; number++)); do queues+=(--queue "idle$number:10"); done
    "$drover" work --store "$url" "${queues[@]}" --handler noop 2>"$folder/idle.log" &
    worker=$!
    # Long enough for its waits to grow to the longest: 5, 10, 20, 40 and 80 seconds, then 120 and no more.
    sleep "${IDLE_SETTLE:-160}"
    kill -0 "$worker" || { cat "$folder/idle.log" >&2; return 1; }
    connections=$(($(redis client list | grep -c .) - 1))
    redis-cli -h 127.0.0.1 -p "$redis_port" monitor >"$folder/monitor" &
    monitor=$!
    sleep 0.2
    all=$(redis_figure stats total_commands_processed)
    before=$(ticks "$worker")
    used=$(server_seconds)
    sleep "$seconds"
    after=$(ticks "$worker")
    used=$(awk "BEGIN { print $(server_seconds) - $used }")
    # But for this script's own: twice INFO, the second of which is not counted yet, and what reads the processor time.
    all=$(($(redis_figure stats total_commands_processed) - all - 3))
    kill "$monitor"; wait "$monitor" 2>/dev/null || true
    monitor=
    resident=$(awk '/^VmRSS:/ { print $2 / 1024 }' "/proc/$worker/status")
    kill "$worker" && wait "$worker" || true
    worker=
    # MONITOR marks what scripts did inside the server; the rest was sent, by this script too.
    jq -cn --argjson seconds "$seconds" --argjson resident "$resident" --argjson connections "$connections" \
        --argjson sent "$(grep -cvE ' lua\] |^OK$|"info"' -i "$folder/monitor" || true)" --argjson all "$all" \
        --argjson ticks $((after - before)) --argjson hertz "$(getconf CLK_TCK)" --argjson server "$used" \
        '{scenario: "idle-worker", store: "redis", queues: 20, seconds: $seconds, residentMiB: ($resident * 10 | round / 10),
          connections: $connections, sentCommandsPerSecond: ($sent / $seconds * 100 | round / 100),
          commandsWithScriptsPerSecond: ($all / $seconds * 100 | round / 100),
          cpuPercent: ($ticks / $hertz / $seconds * 1e4 | round / 100),
          serverCpuPercent: ($server / $seconds * 1e4 | round / 100)}'
}

# The server from a round trip of a millisecond away, `process` with 100 jobs at once, in turn with the same beside it. The
# proxy adds 0.88 ms to its own way; what PING then takes is told. A wire does not wait until a processor is free, so the
# proxy goes before the others where the system lets it (nice).
distant() {
    local run port
    scripts/release.sh RedisDelay >/dev/null
    coproc delay { exec nice -n -19 "$(dirname "$drover")/RedisDelay" "$redis_port" 880 2>/dev/null; }
    proxy=$delay_PID
    read -r port <&"${delay[0]}"
    echo "bench: PING takes $(redis-benchmark -h 127.0.0.1 -p "$port" -c 1 -n 2000 -t ping_inline --csv 2>/dev/null |
        tail -n 1 | cut -d '"' -f 10) ms" >&2
    for ((run = 0; run < runs; run++)); do
        fresh
        "$drover" bench --store "$url" --scenario process --jobs "$jobs" --concurrency 100 --json >>"$folder/near.jsonl"
        fresh
        "$drover" bench --store "redis://127.0.0.1:$port" --scenario process --jobs "$jobs" --concurrency 100 --json \
            >>"$folder/far.jsonl"
    done
    python3 scripts/median.py jobsPerSecond <"$folder/near.jsonl"
    python3 scripts/median.py jobsPerSecond <"$folder/far.jsonl" | jq -c '.scenario = "process, 1 ms away"'
    kill "$proxy" && wait "$proxy" 2>/dev/null || true
    proxy=
}

measure_redis() { # scenario
    case $1 in
        process) process_beside_raw "$width" ;;
        process-1) process_beside_raw 1 ;;
        process-aof)
            serve "AOF everysec" --appendonly yes --appendfsync everysec
            scenario process "$jobs" "$width" jobsPerSecond
            serve none
            ;;
        raw-add) raw add 1000 ;;
        raw-exchange-*) raw exchange "${1##*-}" ;;
        distant) distant ;;
        memory) fresh; memory ;;
        idle) fresh; idle ;;
        *) unknown "$1" ;;
    esac
}

# What the store reaches of what the layout allows, where both were measured.
of() { # name, scenario, its concurrency, batch of the raw one
    jq -cs --arg name "$1" --arg scenario "$2" --argjson concurrency "$3" --argjson batch "$4" '
        ([.[] | select(.scenario == $scenario and .concurrency == $concurrency and .waiting == 0 and .durability == "none")][0]) as $own |
        ([.[] | select(.scenario == (if $scenario == "process" then "raw-exchange" else "raw-add" end) and .batch == $batch)][0]) as $raw |
        select($own != null and $raw != null) |
        {scenario: $name, percentOfRaw: ($own.jobsPerSecond / $raw.jobsPerSecond * 1000 | round / 10),
         percentOfRawByServerCpu: ($raw.serverCpuMicrosPerJob / $own.serverCpuMicrosPerJob * 1000 | round / 10)}' "$folder/rows.jsonl"
}
compare() {
    jq -cs '([.[] | select(.scenario == "process" and .concurrency == 100)][0]) as $near |
        ([.[] | select(.scenario == "process, 1 ms away")][0]) as $far | select($near != null and $far != null) |
        {scenario: "distant-of-near", percentOfNear: ($far.jobsPerSecond / $near.jobsPerSecond * 1000 | round / 10)}' \
        "$folder/rows.jsonl"
    of process-of-raw process 50 50
    of process-1-of-raw process 1 1
    of add-bulk-of-raw add-bulk 1 1000
}
