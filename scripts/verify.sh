#!/usr/bin/env bash
# Runs the long tests with their full numbers, in parts, and writes one row for each part that passed to
# docs/verification.md. A part that has passed with the present sources is skipped unless FORCE=1, so that a run which
# was cut off goes on where it stopped.
#
# usage: [PART="model crash"] [FORCE=1] scripts/verify.sh
set -euo pipefail
cd "$(dirname "$0")/.."
record=docs/verification.md
parts="test conformance model crash powercut faults thread-sanitizer address-sanitizer"

# What the figures speak of: the content of sources and tests, whatever is committed beside them.
sources=$(git ls-files --cached --others --exclude-standard -- Sources Tests Package.swift |
    xargs sha256sum | sha256sum | cut -c 1-12)

command_of() {
    case $1 in
        test) echo "swift test" ;;
        conformance) echo "swift test --filter [Cc]onform" ;;
        model) echo "DROVER_MODEL_OPERATIONS=1000000 swift test --filter Model" ;;
        crash) echo "DROVER_KILLS=200 swift test --filter Crash" ;;
        powercut) echo "DROVER_POWERCUTS=200 swift test --filter PowerCut" ;;
        faults) echo "DROVER_LOST_REPLIES=10000 swift test --filter LostRepl" ;;
        thread-sanitizer) echo "swift test --sanitize=thread --scratch-path .build-tsan" ;;
        address-sanitizer) echo "swift test --sanitize=address --scratch-path .build-asan" ;;
        *) echo "verify: there is no part named $1; there are: $parts" >&2; return 2 ;;
    esac
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
    figure=$(sed -nE 's/^(.*[^A-Za-z])?figure: (.*)$/\2/p' "$log" | sort -u | paste -sd ';' | sed 's/;/; /g; s/|/,/g')
    seeds=$(grep -oiE 'seed[ :=]+[0-9]+' "$log" | grep -oE '[0-9]+' | sort -u | head -n 8 | paste -sd ' ' || true)
    row="| $(date -u +%F) | $part | $tests tests passed${cases:+, with $cases cases}${figure:+; $figure} | ${seeds:-none} | $((SECONDS - began)) | $sources | \`$command\` |"
    printf '%s\n' "$row" >>"$record"
    echo "verify: $part passed: $row"
done
if [ ${#failed[@]} -gt 0 ]; then echo "verify: failed: ${failed[*]}"; exit 1; fi
