#!/usr/bin/env bash
# Builds Drover and shows it at work on a temporary SQLite file, or on a Redis server that it starts for itself, with the
# `drover` binary alone: files of this checkout are hashed and compressed, messages are delivered to a receiver that verifies their signatures, one job fails twice
# and then succeeds, one fails for good, some wait for their time, and a worker is killed in the middle of its jobs.
# At the end everything is compared with what was really produced; the exit code says whether all of it is right.
#
# usage: [STORE=sqlite|redis] [KEEP=1] scripts/demo.sh
# KEEP=1 leaves workers, receiver and store, and says how to look at them.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/redis-server.sh
kind=${STORE:-sqlite}
case $kind in
    sqlite | redis) ;;
    *) echo "demo: STORE is sqlite or redis, not $kind" >&2; exit 2 ;;
esac

echo "Building drover. The first build compiles the dependencies too and takes some minutes."
began=$SECONDS
swift build --product drover
drover=$(swift build --show-bin-path)/drover
echo "Built in $((SECONDS - began)) s."

folder=$(mktemp -d "${TMPDIR:-/tmp}/drover-demo.XXXXXX")
mkdir "$folder/archive" "$folder/logs"
mapfile -t files < <(find Sources docs -type f -name '[A-Za-z0-9]*' | LC_ALL=C sort | head -n 40)
deliveries=20 delayed=4 lease=2s
archive_name() { printf '%s.gz' "${1//\//_}"; }
. demo/checks.sh

declare -A running=()
kept=0
cleanup() {
    local name
    [ ! -t 1 ] || printf '\033[?7h'
    [ "$kept" = 1 ] && return
    for name in "${!running[@]}"; do kill "${running[$name]}" 2>/dev/null || true; done
    for name in "${!running[@]}"; do wait "${running[$name]}" 2>/dev/null || true; done
    # Last: the workers have told it how their jobs ended.
    stop_redis
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
# What is left running outlives the terminal: an ignored signal stays ignored in the programs that are started.
[ "${KEEP:-}" != 1 ] || trap '' HUP

if [ "$kind" = redis ]; then
    start_redis "$folder/redis" || exit 1
    store="redis://127.0.0.1:$redis_port/0?prefix=demo"
else
    store=sqlite:$folder/demo.sqlite
fi
start() { # name, command…
    local name=$1
    shift
    "$@" >"$folder/logs/$name.log" 2>&1 &
    running[$name]=$!
}
work() { # name, queue:concurrency, handler, options…
    start "$1" "$drover" work --store "$store" --queue "$2" --handler "$3" --lease "$lease" --grace 5s "${@:4}"
}
add() { # queue, job's name, payload, options…
    "$drover" add --store "$store" --queue "$1" "$2" --data "$3" "${@:4}" >>"$folder/logs/added"
}
give_up() {
    printf '\ndemo: %s\n' "$*"
    for log in "$folder"/logs/*.log; do [ ! -s "$log" ] || { echo "--- $(basename "$log")"; tail -n 5 "$log"; }; done
    exit 1
}

# ---------------------------------------------------------------------------------------------------- progress

note="" lines=0 next_line=0
queues="hash archive deliveries flaky broken later"
total_of() {
    case $1 in
        hash | archive) echo ${#files[@]} ;;
        deliveries) echo "$deliveries" ;;
        later) echo "$delayed" ;;
        *) echo 1 ;;
    esac
}
bar() { # done, total
    local width=24 filled
    filled=$(($1 * width / $2))
    printf '%*s' "$filled" '' | sed 's/ /█/g'
    printf '%*s' $((width - filled)) '' | sed 's/ /·/g'
}
# Reads the counts of all queues into the arrays `ended`, `active` and `completed`.
declare -A ended=() active=() completed=()
look() {
    local name c f a queue
    for queue in $queues; do ended[$queue]=0 active[$queue]=0 completed[$queue]=0; done
    while IFS=$'\t' read -r name c f a; do
        ended[$name]=$((c + f)) completed[$name]=$c active[$name]=$a
    done < <("$drover" queues --store "$store" --json |
        jq -r '.[] | [.name, .counts.completed, .counts.failed, .counts.active] | @tsv')
}
# On a terminal one block that is drawn again in its place, elsewhere a plain line every two seconds.
draw() {
    local queue text=""
    if [ -t 1 ]; then
        # Long lines are cut and not wrapped meanwhile: the block must have as many rows as lines.
        printf '\033[?7l'
        [ "$lines" -eq 0 ] || printf '\033[%dA' "$lines"
        for queue in $queues; do
            printf '  %-11s %s %3d of %-3d ended, %d running\033[K\n' "$queue" \
                "$(bar "${ended[$queue]}" "$(total_of "$queue")")" \
                "${ended[$queue]}" "$(total_of "$queue")" "${active[$queue]}"
        done
        printf '  %s\033[K\n\033[?7h' "$note"
        lines=7
    elif [ $SECONDS -ge "$next_line" ] || [ "${1:-}" = last ]; then
        for queue in $queues; do text+="  $queue ${ended[$queue]}/$(total_of "$queue")"; done
        echo "$text"
        next_line=$((SECONDS + 2))
    fi
}

# ---------------------------------------------------------------------------------------------------- work

began=$SECONDS
echo
echo "Workers start on $store, and jobs are added while they run."
WEBHOOK_SECRET=whsec_$(head -c 32 /dev/urandom | base64 | tr -d '\n')
export WEBHOOK_SECRET DROVER_HTTP_SECRET=$WEBHOOK_SECRET
start receiver python3 demo/receiver.py "$folder/port" "$folder/received.jsonl"
for ((waited = 0; waited < 100; waited++)); do [ -s "$folder/port" ] && break || sleep 0.05; done
[ -s "$folder/port" ] || give_up "the receiver did not start"

work hash hash:2 exec:demo/hash-file.sh
work archive-first archive:3 exec:demo/compress-file.sh
work deliveries deliveries:4 "http:http://127.0.0.1:$(cat "$folder/port")/hook"
work flaky flaky:1 exec:demo/third-time.sh
work broken broken:1 "fail:the address does not exist"
work later later:1 echo

produce() {
    local file number
    add broken send '{}' --attempts 2 --backoff fixed:100ms
    for ((number = 1; number <= delayed; number++)); do
        add later remind "{\"delay\":$((number * 1000))}" --delay "${number}s"
    done
    for file in "${files[@]}"; do
        add archive compress "$(jq -cn --arg path "$file" --arg into "$folder/archive/$(archive_name "$file")" \
            '{path: $path, into: $into, pace: 0.3}')"
        add hash hash "$(jq -cn --arg path "$file" '{path: $path}')"
    done
    for ((number = 1; number <= deliveries; number++)); do
        add deliveries invoice "{\"delivery\":$number}" --attempts 5 --backoff fixed:300ms
    done
}
add flaky third-time "$(jq -cn --arg tries "$folder/tries" '{tries: $tries}')" --attempts 3 --backoff fixed:200ms
produce 2>"$folder/logs/producer.log" &
running[producer]=$!

killed=0
while :; do
    look
    if [ $killed = 0 ] && [ "${completed[archive]}" -ge 3 ] && [ "${active[archive]}" -ge 1 ]; then
        kill -KILL "${running[archive-first]}"
        wait "${running[archive-first]}" 2>/dev/null || true
        unset 'running[archive-first]'
        killed=1
        note="The archive worker was killed with jobs in its hands; another takes them over when their leases end ($lease)."
        [ -t 1 ] || echo "  $note"
        work archive-second archive:3 exec:demo/compress-file.sh
    fi
    left=0
    for queue in $queues; do left=$((left + $(total_of "$queue") - ${ended[$queue]})); done
    draw "$([ $left -gt 0 ] || echo last)"
    [ $left -gt 0 ] || break
    [ $((SECONDS - began)) -lt 50 ] || give_up "$left jobs had not ended after 50 s"
    sleep 0.2
done
wait "${running[producer]}" || give_up "a job could not be added: $(cat "$folder/logs/producer.log")"
unset 'running[producer]'

# ---------------------------------------------------------------------------------------------------- summary

echo
echo "All jobs have ended after $((SECONDS - began)) s. What came of them:"
for check in hashes archives takeover deliveries flaky broken delayed store; do "check_$check"; done
[ $wrong = 0 ] || give_up "something is wrong; see above."
echo
if [ "${KEEP:-}" = 1 ]; then
    kept=1
    cat <<TEXT
The workers and the receiver go on. To look at them, and to give them more to do:
  export DROVER_STORE='$store'
  $drover queues
  $drover jobs --queue archive --state completed
  $drover events --queue hash
  $drover add --queue hash hash --data '{"path":"README.md"}' --wait
To stop them and to remove what they left:
  kill ${running[*]} ${redis_pid:-} && rm -r $folder
TEXT
else
    echo "Everything is as it should be. \`make demo KEEP=1\` leaves the workers running to look at."
fi
