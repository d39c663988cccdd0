#!/usr/bin/env bash
# Holds every `import` under Sources against the arrows of docs/architecture.md. A target may import only what its
# row names; a target without a row is a mistake, so that the picture stays complete.
set -euo pipefail
cd "$(dirname "$0")/.."

system="Foundation FoundationEssentials Synchronization Dispatch Glibc Musl Darwin"
# target | Drover's own modules | modules of packages and of the system
table="
DroverCore        |                                  | Foundation FoundationEssentials Synchronization
Drover            | DroverCore                       | Crypto Logging Metrics ServiceLifecycle Tracing $system
DroverSQLite      | DroverCore                       | GRDB GRDBSQLite $system
RedisClient       |                                  | Logging NIOCore NIOPosix NIOSSL $system
DroverRedis       | DroverCore RedisClient           | Logging $system
DroverConformance | DroverCore                       | $system
DroverTesting     | Drover DroverCore                | $system
DroverServer      | DroverCore                       | CoreMetrics Hummingbird Logging NIOCore ServiceLifecycle $system
DroverCommand     | Drover DroverCore DroverRedis DroverServer DroverSQLite | ArgumentParser AsyncHTTPClient CoreMetrics Crypto Logging NIOCore \
NIOHTTP1 NIOPosix Subprocess System SystemPackage Yams $system
drover            | DroverCommand                    |
"

bad=0
for folder in Sources/*/; do
    target=$(basename "$folder")
    row=$(awk -F'|' -v target="$target" '{ name = $1; gsub(/ /, "", name) } name == target { print $2 " " $3 }' <<<"$table")
    if ! awk -F'|' -v target="$target" '{ gsub(/ /, "", $1) } $1 == target { found = 1 } END { exit !found }' <<<"$table"; then
        echo "Sources/$target has no row in scripts/check-imports.sh; add one, and its arrows to docs/architecture.md"
        bad=1
        continue
    fi
    # file:line:module, for every form of import: with attributes, an access level, or the kind of a single declaration.
    while IFS=: read -r file line module; do
        [ -n "$file" ] || continue
        [[ " $row " == *" $module "* ]] && continue
        echo "$file:$line: $target must not import $module. Allowed are: $(xargs <<<"$row"). \
Move the code to where the arrow allows it (docs/architecture.md)."
        bad=1
    done < <(find "$folder" -name '*.swift' | sort | xargs -r awk '
        /^[ \t]*(@[A-Za-z_]+(\([^)]*\))?[ \t]+)*((public|package|internal|fileprivate|private)[ \t]+)?import[ \t]/ {
            text = $0
            sub(/^.*import[ \t]+/, "", text)
            sub(/^(struct|class|enum|protocol|func|var|let|typealias|actor)[ \t]+/, "", text)
            sub(/[^A-Za-z0-9_].*$/, "", text)
            print FILENAME ":" FNR ":" text
        }')
done
exit $bad
