#!/usr/bin/env bash
# Writes the programs of the guides: behind a line `<!-- Snippets/Retrying.swift options -->` of an article stands, as a
# block of Swift, the part of that file between `// snippet.options` and the next marker, or without a name the whole
# file. What lies between `// snippet.hide` and `// snippet.show` is left out, and so is the common indentation. The
# build compiles the files, so every program in a guide is one that compiles.
#
# usage: scripts/embed-snippets.sh            write the blocks
#        scripts/embed-snippets.sh --check    fail, with the difference, when a block is not what would be written
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
catalog=Sources/Drover/Drover.docc

fail() { printf 'embed-snippets: %s\n' "$*" >&2; exit 1; }
[ -d "$catalog" ] || fail "$catalog is missing; name the folder of the articles in this script"

# The article with its blocks as they should be.
text_of() {
    awk '
        function fail(message) { print "embed-snippets: " article ":" FNR ": " message >"/dev/stderr"; failed = 1; exit 1 }
        # Prints the part of a file, without blank lines around it.
        function embed(file, part,    line, name, inside, shown, found, count, lines, indent, least, last, i) {
            inside = part == ""; shown = 1; least = -1; last = 0
            while ((status = (getline line <file)) > 0) {
                if (line ~ /^[ \t]*\/\/ snippet\.[A-Za-z0-9-]+$/) {
                    name = line; sub(/^.*snippet\./, "", name)
                    if (name == "hide") shown = 0
                    else if (name == "show") shown = 1
                    else if (part != "") { inside = name == part; shown = 1; found = found || inside }
                    continue
                }
                if (!inside || !shown || (!count && line ~ /^[ \t]*$/)) continue
                lines[++count] = line
                if (line ~ /^[ \t]*$/) continue
                last = count
                match(line, /^ */)
                if (least < 0 || RLENGTH < least) least = RLENGTH
                if (line ~ /^ *```/) fail(file " has a line that would end the block")
            }
            if (status < 0) fail(file " can not be read")
            close(file)
            if (part != "" && !found) fail(file " has no // snippet." part)
            if (!last) fail("nothing is left of " file " " part)
            print "```swift"
            for (i = 1; i <= last; i++) print substr(lines[i], least + 1)
            print "```"
        }
        BEGIN { article = ARGV[1] }
        skipping { if ($0 == "```") skipping = 0; next }
        marked && $0 == "```swift" { skipping = 1; marked = 0; next }
        { marked = 0 }
        /^@Snippet/ || (/^```swift/ && !fenced) {
            fail("put a line <!-- Snippets/FILE.swift PART --> in place of this; the block behind it is written by itself")
        }
        /^```/ { fenced = !fenced }
        /^<!-- Snippets\// {
            if ($0 !~ /^<!-- Snippets\/[A-Za-z0-9]+\.swift( [A-Za-z0-9-]+)? -->$/) fail("not as <!-- Snippets/FILE.swift PART -->")
            print
            embed($2, $3 == "-->" ? "" : $3)
            marked = 1
            next
        }
        { print }
        END { if (!failed && (skipping || fenced)) fail("a block is not ended") }
    ' "$1"
}

status=0 blocks=0
for article in "$catalog"/*.md; do
    text=$(text_of "$article") || exit 1
    blocks=$((blocks + $(grep -c '^<!-- Snippets/' <<<"$text" || true)))
    [ "$text" != "$(cat "$article")" ] || continue
    if [ "${1:-}" = --check ]; then
        diff -u --label "$article" --label "as Snippets say" "$article" - <<<"$text" || status=1
    else
        printf '%s\n' "$text" >"$article"
    fi
done
[ "$blocks" -gt 0 ] || fail "no article of $catalog has a program"
[ $status = 0 ] || fail "an article is not what Snippets say. Run \`make embed\` and commit the result."
