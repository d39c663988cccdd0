#!/usr/bin/env bash
# Redis servers of a script's own, on free ports of this host and in its temporary folder. Sourced; the script itself
# stops `redis_pid` at its end.
set -euo pipefail

# Starts a server that keeps nothing unless told; sets redis_port and redis_pid. It keeps what it is told in the folder.
start_redis() { # folder, options…
    local folder=$1 try waited
    shift
    mkdir -p "$folder"
    # Somebody may have the port already. Those that the system gives to outgoing connections are left alone.
    for ((try = 0; try < 10; try++)); do
        redis_port=$(shuf -i 12000-31999 -n 1)
        redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$folder" --save '' --appendonly no \
            --daemonize no "$@" >"$folder/redis.log" 2>&1 &
        redis_pid=$!
        for ((waited = 0; waited < 100; waited++)); do
            # Its own process is asked for, lest another server on that port be taken for it.
            if redis info server 2>/dev/null | tr -d '\r' | grep -qx "process_id:$redis_pid"; then return 0; fi
            kill -0 "$redis_pid" 2>/dev/null || break
            sleep 0.05
        done
        stop_redis
    done
    echo "redis-server did not start; it said:" >&2
    tail -n 5 "$folder/redis.log" >&2
    return 1
}

redis() { redis-cli -h 127.0.0.1 -p "$redis_port" "$@"; }

stop_redis() {
    [ -n "${redis_pid:-}" ] || return 0
    kill "$redis_pid" 2>/dev/null || true
    wait "$redis_pid" 2>/dev/null || true
    redis_pid=
}

# A figure of INFO: section, name.
redis_figure() { redis info "$1" | tr -d '\r' | sed -n "s/^$2://p"; }
