#!/usr/bin/env bash
# What scripts/demo.sh checks when its jobs have ended. Sourced by it; uses its `drover`, `store`, `kind`, `folder` and `files`.
# Every check compares what Drover says with what is really there: files, the receiver's log, other programs' answers.
set -euo pipefail

wrong=0
good() { printf '  ✓ %s\n' "$*"; }
bad() { printf '  ✗ %s\n' "$*"; wrong=1; }
# Prints good or bad, by whether two texts are the same.
same() { if [ "$1" = "$2" ]; then good "$3"; else bad "$3"; diff <(printf '%s\n' "$1") <(printf '%s\n' "$2") | head -n 6 | sed 's/^/      /' || true; fi; }

listing() { "$drover" jobs --store "$store" --queue "$1" --state "$2" --limit 1000 --json; }

check_hashes() {
    same "$(listing hash completed | jq -r '.jobs[].result | .sha256 + "  " + .path' | sort)" \
        "$(sha256sum "${files[@]}" | sort)" \
        "${#files[@]} files were hashed, each as sha256sum itself does"
}

check_archives() {
    local file differing=0 restored=0
    for file in "${files[@]}"; do
        if gzip -dc "$folder/archive/$(archive_name "$file")" 2>/dev/null | cmp -s - "$file"; then
            restored=$((restored + 1))
        else
            differing=$((differing + 1))
        fi
    done
    same "$restored restored, $differing different" "${#files[@]} restored, 0 different" \
        "${#files[@]} files were compressed, each decompresses to the original"
    same "$(listing archive completed | jq '.jobs | length')" "${#files[@]}" "each compression ended once, none was lost to the kill"
}

check_takeover() {
    local taken
    taken=$(listing archive completed | jq '[.jobs[] | select(.stalls > 0)] | length')
    if [ "$taken" -ge 1 ]; then
        good "jobs of the killed worker were taken over by another ($taken of them)"
    else
        bad "no job of the killed worker was taken over"
    fi
    same "$(listing archive completed | jq '[.jobs[] | select(.stalls > 0 and .attemptsMade != 1)] | length')" 0 \
        "the kill cost none of them an attempt"
}

check_deliveries() {
    local log=$folder/received.jsonl
    same "$(jq -s '[.[] | select(.problem != null)] | length' "$log")" 0 "every signature the receiver saw was good"
    # At least once is what is promised; the receiver's own record says that nothing arrived twice here.
    same "$(jq -r 'select(.status == 200) | .body | fromjson | .delivery' "$log" | sort -n)" "$(seq 1 "$deliveries")" \
        "$deliveries deliveries were accepted, each of them, each once"
    same "$(listing deliveries completed | jq '[.jobs[] | select(.attemptsMade == 2)] | length')" \
        "$(jq -s '[.[] | select(.status == 503)] | length' "$log")" \
        "those that the receiver put off the first time were delivered by a second attempt"
}

check_flaky() {
    same "$(listing flaky completed | jq -c '[.jobs[] | [.attemptsMade, .result.tries]]')" '[[3,3]]' \
        "the job that fails twice succeeded by its third attempt"
    same "$(wc -l <"$folder/tries")" 3 "its program was started three times"
}

check_broken() {
    same "$(listing broken failed | jq -c '[.jobs[] | [.attemptsMade, .failedReason]]')" \
        '[[2,"the address does not exist"]]' "the job that can't succeed failed after its two attempts, with its reason"
}

check_delayed() {
    same "$(listing later completed | jq '[.jobs[] | select(.processedAt - .createdAt >= .payload.delay)] | length')" \
        "$delayed" "$delayed delayed jobs ran, none before its time"
}

check_store() {
    if [ "$kind" = redis ]; then
        same "$(redis --scan --pattern 'demo:*:lock' | wc -l) $(redis --scan --pattern 'demo:*:drover:leases' | wc -l)" \
            "0 0" "no lock and no lease is left on the server"
    else
        same "$(sqlite3 "$folder/demo.sqlite" 'PRAGMA integrity_check')" ok "the store's file is whole"
    fi
    same "$("$drover" queues --store "$store" --json | jq '[.[].counts | .waiting + .prioritized + .delayed + .active] | add')" 0 \
        "nothing is left waiting, delayed or active"
}
