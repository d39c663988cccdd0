#!/usr/bin/env bash
# Runs the long tests with their full numbers, in parts, and writes one row for each part that passed to
# docs/verification.md. A part that has passed with the present sources is skipped unless FORCE=1, so that a run which
# was cut off goes on where it stopped.
#
# usage: [PART="model crash"] [FORCE=1] scripts/verify.sh
set -euo pipefail
cd "$(dirname "$0")/.."
# See scripts/test.sh.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-6}
record=docs/verification.md
parts="test conformance model differential crash transactions powercut faults redis-faults mixed schedules flows limits encryption move fuzz thread-sanitizer address-sanitizer"

# What the figures speak of: the content of sources and tests, whatever is committed beside them.
sources=$(git ls-files --cached --others --exclude-standard -- Sources Tests Package.swift |
    xargs sha256sum | sha256sum | cut -c 1-12)

command_of() {
    case $1 in
        test) echo "swift test" ;;
        # A filter meets anywhere in a test's id, which is module.suite/test/file: the signs bound the suite.
        conformance) echo "swift test --filter '[.]ConformanceTests/'" ;;
        model) echo "DROVER_MODEL_OPERATIONS=1000000 DROVER_REDIS_MODEL_OPERATIONS=500000 swift test --filter '[.]ModelTests/'" ;;
        differential) echo "DROVER_DIFFERENTIAL_OPERATIONS=50000 swift test --filter '[.]DifferentialTests/'" ;;
        crash) echo "DROVER_KILLS=200 swift test --filter '[.]KillTests/'" ;;
        transactions) echo "DROVER_TRANSACTION_KILLS=500 swift test --filter '[.]TransactionKillTests/'" ;;
        powercut) echo "DROVER_POWERCUTS=200 swift test --filter '[.]PowerCutTests/'" ;;
        faults) echo "DROVER_LOST_REPLIES=10000 swift test --filter '[.]LostReplyTests/'" ;;
        mixed) echo "DROVER_MIXED_JOBS=100000 swift test --filter '[.]MixedRunTests/'" ;;
        schedules) echo "DROVER_SCHEDULE_SLOTS=300 DROVER_SCHEDULE_INTERVAL=1000 swift test --filter '[.]ScheduleKillTests/'" ;;
        flows) echo "DROVER_FLOW_KILLS=100 swift test --filter '[.]FlowKillTests/' --filter '[.]LargeFlowTests/' --filter '[.]LargeFlowKillTests/' --filter '[.]MixedFlowTests/'" ;;
        limits) echo "DROVER_LIMIT_KILLS=100 DROVER_RATE_SECONDS=20 swift test --filter '[.]LimitKillTests/' --filter '[.]RateRunTests/'" ;;
        # All tests, and all that they print searched for what is secret.
        encryption) echo "DROVER_ENCRYPTION_ROUNDS=10000 scripts/canary.sh" ;;
        move) echo "DROVER_MOVE_JOBS=1000000 DROVER_MOVE_KILLS=20 swift test --filter '[.]MoveKillTests/'" ;;
        fuzz) echo "DROVER_RESP_FUZZ=10000000 swift test --filter '[.]RESPFuzzTests/'" ;;
        redis-faults) echo "DROVER_REDIS_KILLS=50 DROVER_REDIS_CUTS=1000 DROVER_REDIS_STOP=10000 swift test --filter DroverRedisTests.ServerKillTests/ --filter DroverRedisTests.CutConnectionTests/ --filter DroverRedisTests.StoppedServerTests/ --filter DroverRedisTests.DisturbedServerTests/ --filter DroverRedisTests.FullMemoryTests/ --filter DroverRedisTests.ChangingServerTests/ --filter DroverRedisTests.ReconnectTests/ --filter DroverRedisTests.TroubleTests/" ;;
        thread-sanitizer) echo "scripts/thread-sanitizer.sh" ;;
        # Without its search for leaks, which finds those of the runner of the tests.
        address-sanitizer) echo "ASAN_OPTIONS=detect_leaks=0 swift test --no-parallel --sanitize=address --scratch-path .build-asan" ;;
        *) echo "verify: there is no part named $1; there are: $parts" >&2; return 2 ;;
    esac
}

# What the figures of a part must say, one a line: a least number and the words behind it.
figures_of() {
    case $1 in
        model) printf '%s\n' "1000000 operations without a difference on SQLite (memory)" \
            "200000 operations without a difference on SQLite (file)" \
            "500000 operations without a difference on SQLite, Redis and the reference store" ;;
        differential) echo "50000 operations without a difference to BullMQ's model" ;;
        crash) echo "200 kills" ;;
        transactions) printf '%s\n' "500 kills of an application with a pool" "500 kills of an application with a queue" ;;
        powercut) echo "200 power cuts" ;;
        mixed) echo "100000 jobs in a mixed run" ;;
        faults) printf '%s\n' "10000 lost replies on the reference store" "10000 lost replies on SQLite" \
            "10000 lost replies of schedules on the reference store" ;;
        schedules) echo "300 slots, one job each" ;;
        flows) printf '%s\n' "100 kills among flows on sqlite" "100 kills among flows on redis" "100 kills among flows of both clients" "10000 children of one flow on sqlite" "10000 children of one flow on redis" \
            "100 kills among 10000 children of a flow on sqlite" "100 kills among 10000 children of a flow on redis" ;;
        limits) printf '%s\n' "100 kills under a concurrency of the queue on sqlite" "100 kills under a concurrency of the groups on sqlite" \
            "100 kills under a concurrency of the queue on redis" "100 kills under a concurrency of the groups on redis" \
            "970 jobs in 20 s under a rate of 50 a second on sqlite" "970 jobs in 20 s under a rate of 50 a second on redis" ;;
        encryption) printf '%s\n' "10000 rounds of encryption" "1000 lines of output without a canary" ;;
        move) printf '%s\n' "1000000 jobs moved from sqlite to redis, 20 kills" \
            "1000000 jobs moved back to sqlite, 20 kills" "1000000 jobs moved from redis to sqlite, 20 kills" ;;
        fuzz) echo "10000000 RESP inputs" ;;
        redis-faults) printf '%s\n' "50 kills of a server that syncs always" "50 kills of a server that syncs each second" \
            "1000 cuts of" "10000 ms of a stopped server" "200 reconnects of 3 connections" ;;
    esac
}

# Prints those lines of figures_of that the figures on standard input do not reach.
missing_of() {
    local figures wanted
    figures=$(cat)
    figures_of "$1" | while IFS= read -r wanted; do
        awk -v least="${wanted%% *}" -v words=" ${wanted#* }" '
            { at = index($0, words); head = substr($0, 1, at - 1) }
            at && match(head, /[0-9]+$/) && substr(head, RSTART) + 0 >= least { found = 1 }
            END { exit !found }' <<<"$figures" || echo "$wanted"
    done
}

logs=.build/verify
mkdir -p "$logs"
failed=()
for part in ${PART:-$parts}; do
    command=$(command_of "$part")
    if [ "${FORCE:-}" != 1 ] && grep -q "^| [0-9-]* | $part | .* | $sources |" "$record"; then
        echo "verify: $part has passed with these sources; FORCE=1 repeats it."
        continue
    fi
    echo "verify: $part: $command"
    log=$logs/$part.log
    began=$SECONDS
    if ! bash -c "$command" >"$log" 2>&1; then
        grep -E '✘|error:|[Ss]eed|WARNING: |ERROR: ' "$log" | head -n 40 || tail -n 20 "$log"
        echo "verify: $part FAILED; the whole output is in $log"
        failed+=("$part")
        continue
    fi
    # A filter that meets no test passes too, so the number of tests is asked for.
    closing=$(grep -oE 'Test run with [0-9]+ tests?.* passed' "$log" | tail -n 1 || true)
    tests=$(grep -oE '[0-9]+' <<<"$closing" | head -n 1 || true)
    if [ "${tests:-0}" -eq 0 ]; then
        echo "verify: $part ran no test; mend its filter in scripts/verify.sh"
        failed+=("$part")
        continue
    fi
    cases=$(grep -oE 'with [0-9]+ test cases? passed' "$log" | awk '{ sum += $2 } END { if (sum) print sum }' || true)
    # Tests that count something print `figure: …`; tests that draw at random print `seed: …`.
    figures=$(sed -nE 's/^(.*[^A-Za-z])?figure: (.*)$/\2/p' "$log" | sort -u)
    missing=$(missing_of "$part" <<<"$figures")
    if [ -n "$missing" ]; then
        printf "verify: $part passed but did not say: %s\n" "$(paste -sd ';' <<<"$missing")"
        printf 'verify: it said: %s\n' "${figures:-nothing}"
        failed+=("$part")
        continue
    fi
    figure=$(paste -sd ';' <<<"$figures" | sed 's/;/; /g; s/|/,/g')
    seeds=$(sed -nE 's/^(.*[^A-Za-z])?seed: ([0-9]+)( .*)?$/\2/p' "$log" | sort -u)
    more=$(($(grep -c . <<<"$seeds" || true) - 8))
    seeds=$(sed -n 1,8p <<<"$seeds" | paste -sd ' ')
    if [ "$more" -gt 0 ]; then seeds="$seeds and $more more"; fi
    row="| $(date -u +%F) | $part | $tests tests passed${cases:+, with $cases cases}${figure:+; $figure} | ${seeds:-none} | $((SECONDS - began)) | $sources | \`$command\` |"
    printf '%s\n' "$row" >>"$record"
    echo "verify: $part passed: $row"
done
if [ ${#failed[@]} -gt 0 ]; then echo "verify: failed: ${failed[*]}"; exit 1; fi
