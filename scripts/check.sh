#!/usr/bin/env bash
# Runs every check of the house, says for each what is wrong, where and how to mend it, and fails at the end if any did.
#
# usage: scripts/check.sh [NAME…]     only the named checks, for example `scripts/check.sh format imports`
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."

tracked() { git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do [ ! -f "$file" ] || echo "$file"; done; }
sources() { tracked 'Sources/*.swift' | grep -v '\.generated\.swift$' || true; }
# Without a checkout most checks would have nothing to look at, and pass.
[ -n "$(git ls-files -- Sources)" ] || { echo "check: git lists no sources here; run it in a clone" >&2; exit 2; }
mkdir -p .build
# Prints what a search found and fails if it found anything.
none() { local found; found=$(cat); [ -z "$found" ] || { printf '%s\n' "$found"; return 1; }; }

# Lines of the files named on standard input that match an extended regular expression.
matches() { xargs -r grep -nIE -e "$1" 2>&1 || true; }

check_format() { # Swift files are formatted and keep the linter's rules
    tracked '*.swift' | grep -v '\.generated\.swift$' | xargs swift format lint --strict -p 2>&1 | sed "s|$PWD/||" | none
}
mend_format="Run \`make format\`; what it leaves, mend by hand (a missing doc comment, a forced unwrap, a line over 120 columns)."

check_imports() { # imports follow the arrows
    scripts/check-imports.sh
}
mend_imports="Each line above says what to do."

check_sizes() { # no file over 450 lines, the median source under 200
    local status=0 file lines middle
    while IFS= read -r file; do
        lines=$(wc -l <"$file")
        if [ "$lines" -gt 450 ]; then echo "$file: $lines lines"; status=1; fi
    done < <(tracked '*.swift' '*.sql' '*.lua' '*.sh' '*.py' | grep -v '\.generated\.swift$')
    middle=$(sources | while IFS= read -r file; do wc -l <"$file"; done | sort -n | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }')
    if [ "$middle" -ge 200 ]; then echo "the median file under Sources has $middle lines"; status=1; fi
    return $status
}
mend_sizes="Give each main type its own file, and its aspects Type+Aspect.swift."

check_forced() { # nothing forced, trapped or unchecked in Sources
    sources | matches '\btry!|\bas!|\bfatalError\(|@unchecked Sendable|nonisolated\(unsafe\)' | none
}
mend_forced="Throw an error of the module, or let the types prove it."

check_swallowed() { # every try? and empty catch says why the error may be dropped
    sources | xargs awk '
        FNR == 1 { above = "" }
        { code = $0; sub(/\/\/.*/, "", code) }
        code ~ /(^|[^A-Za-z_])try\?|catch[^{]*\{[ \t]*\}/ && $0 !~ /\/\// && above !~ /^[ \t]*\/\// { print FILENAME ":" FNR ": " $0 }
        { above = $0 }' | none
}
mend_swallowed="Handle the error, or write on the line or the line above why it may be dropped."

check_sleeps() { # tests wait on signals
    # Left out is a file that is a clock itself.
    tracked 'Tests/*.swift' | grep -v '/HurriedClock\.swift$' |
        matches '\bTask\.sleep|(Continuous|Suspending)Clock\(\)\.sleep|\busleep|\bThread\.sleep|\bnanosleep|\bsleep\([0-9]' | none
}
mend_sleeps="Wait on a signal with a timeout, or move the injected clock."

check_clocks() { # no code reads a clock by itself
    # Left out are the files that are a clock: what is injected elsewhere has to read the system's somewhere.
    sources | grep -E '^Sources/(Drover|DroverCore|DroverRedis|DroverSQLite|DroverTesting|DroverConformance)/' |
        grep -vE '^Sources/(DroverCore/Values/WallClock|Drover/Worker/DelayTimer|DroverSQLite/Clock/HostUptime)\.swift$' |
        matches '\bDate\(\)|\bDate\.now|(Continuous|Suspending)Clock\.now|(Continuous|Suspending)Clock\(\)\.now|DispatchTime\.now|clock_gettime|gettimeofday|systemUptime' | none
}
mend_clocks="Take a WallClock or an any Clock<Duration> as a parameter and read that."

check_unfinished() { # nothing is left for later
    tracked 'Sources/*' 'Tests/*' 'Snippets/*' 'demo/*' 'scripts/*' Package.swift | grep -v '^scripts/check.sh$' |
        matches '\b(TODO|FIXME|XXX)\b|#expect\(true\)' | none
}
mend_unfinished="Finish it, or open an issue and remove the remark."

check_paths() { # no path that only one machine has
    tracked | grep -vE '^(scripts/check\.sh|LICENSE)$' | matches '(^|[^A-Za-z0-9_./-])/(home|root|work|opt|Users)/[A-Za-z0-9]' | none
}
mend_paths="Use a path inside the checkout, a temporary folder, or an argument."

check_shell() { # shell scripts parse and stop at the first error
    local status=0 file
    while IFS= read -r file; do
        bash -n "$file" || status=1
        grep -q '^set -euo pipefail$' "$file" || { echo "$file: \`set -euo pipefail\` is missing"; status=1; }
        [ -x "$file" ] || { echo "$file: is not executable (chmod +x)"; status=1; }
    done < <(tracked '*.sh' .ci/run)
    return $status
}
mend_shell="Each line above says what to do."

check_links() { # links between documents lead to files
    local status=0 file target
    while IFS= read -r file; do
        while IFS= read -r target; do
            case $target in http://* | https://* | mailto:* | '#'* | '') continue ;; esac
            target=${target%%#*}
            # In an archive articles name each other without folder and ending.
            case $target in doc:*) target=${target#doc:}.md ;; esac
            [ -e "$(dirname "$file")/$target" ] || { echo "$file: links to $target, which does not exist"; status=1; }
        done < <(awk '/^```/ { code = !code } !code' "$file" | grep -oE '\]\([^) ]+\)' | sed -E 's/^\]\((.*)\)$/\1/')
    done < <(tracked '*.md')
    # Articles name the pages of docs by path: a link out of the archive would lead nowhere.
    while IFS=: read -r file target; do
        [ -e "$target" ] || { echo "$file: names $target, which does not exist"; status=1; }
    done < <(tracked 'Sources/*.docc/*.md' | xargs grep -oE '\bdocs/[A-Za-z0-9_/.-]*[A-Za-z0-9]|README\.md')
    return $status
}
mend_links="Correct the link or add the file."

check_generated() { # generated files are current
    scripts/embed-sql.sh --check && scripts/embed-lua.sh --check && scripts/embed-snippets.sh --check
}
mend_generated="Run \`make embed\` and commit the result."

# Prints the first program in a document.
program_of() { awk '/^```swift$/ && !done { inside = 1; next } /^```$/ && inside { inside = 0; done = 1 } inside' "$1"; }

check_readme() { # the programs in the documents are those of Snippets
    local lines document snippet programs=0
    while IFS= read -r document; do
        snippet=$(sed -nE 's/.*compiles this program as \[(Snippets\/[A-Za-z]+\.swift)\].*/\1/p' "$document")
        program_of "$document" | diff -u --label "$document" --label "$snippet" - "$snippet" || return 1
        programs=$((programs + 1))
    done < <(tracked '*.md' | xargs grep -lF 'compiles this program as [')
    [ "$programs" -ge 3 ] || { echo "only $programs documents name the file of Snippets that has their program"; return 1; }
    lines=$(wc -l <Snippets/QuickStart.swift)
    [ "$lines" -le 30 ] || { echo "Snippets/QuickStart.swift has $lines lines; the first program a reader sees has at most 30"; return 1; }
}
mend_readme="Copy the program of Snippets, which the build compiles, into the document."

check_boundary() { # the store boundary has at most 30 methods
    local count
    count=$(cat Sources/DroverCore/Store/*.swift | grep -cE '^    (mutating )?func ')
    [ "$count" -ge 1 ] && [ "$count" -le 30 ] || { echo "Sources/DroverCore/Store declares $count methods"; return 1; }
}
mend_boundary="Make it a case of JobCommand, QueueSetting or Sweep (docs/architecture.md)."

check_build() { # everything builds without a warning from our own files
    local log=.build/check-build.log ours
    # A compiler warns only when it compiles: without this, what was built before would be silent.
    tracked '*.swift' | grep -v '^Package.swift$' | xargs touch
    if ! swift build --build-tests >"$log" 2>&1; then grep -E 'error:' "$log" | sort -u | head -n 40; tail -n 5 "$log"; return 1; fi
    ours=$(sed "s|$PWD/||" "$log" | grep -E '^(Sources|Tests|Snippets)/.*warning: |^warning: .drover.:' | sort -u || true)
    [ -n "$ours" ] || return 0
    printf '%s\n' "$ours"
    return 1
}
mend_build="Mend the cause of each warning above; .build/check-build.log has the whole output."

check_docs() { # the reference documentation builds without a warning
    scripts/docs.sh >.build/check-docs.log 2>&1 || { grep -E 'warning:|error:' .build/check-docs.log | sort -u | head -n 40; tail -n 5 .build/check-docs.log; return 1; }
}
mend_docs="Correct the links and names in the doc comments above; .build/check-docs.log has the whole output."

all="format imports sizes forced swallowed sleeps clocks unfinished paths shell links generated readme boundary build docs"
failed=()
for name in ${*:-$all}; do
    declare -F "check_$name" >/dev/null || { echo "check: there is no check named $name; there are: $all" >&2; exit 2; }
    title=$(sed -nE "s/^check_$name\(\) \{ # (.*)/\1/p" "$0")
    if output=$("check_$name" 2>&1); then
        printf 'ok    %-11s %s\n' "$name" "$title"
    else
        failed+=("$name")
        mend=mend_$name
        printf 'FAIL  %-11s %s\n' "$name" "$title"
        printf '%s\n' "$output" | sed 's/^/      /'
        printf '      → %s\n' "${!mend}"
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "check: ${#failed[@]} failed: ${failed[*]}. \`scripts/check.sh NAME\` repeats one."
    exit 1
fi
echo "check: all is well."
