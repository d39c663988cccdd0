#!/usr/bin/env bash
# Writes Sources/DroverRedis/Scripts.generated.swift from Sources/DroverRedis/Scripts/*.lua, so that scripts live in
# files of their own and yet need no resource bundle. `exchange.lua` becomes `Scripts.exchange`, with its SHA-1, by which
# the server knows it. A line `--#include a b`, indented or not, is replaced by include/a.lua and include/b.lua.
# Lines that are only a comment stay in the file and out of the literal: the server need not read them.
#
# usage: scripts/embed-lua.sh            write the file
#        scripts/embed-lua.sh --check    fail, with the difference, when the file is not what would be written
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
folder=Sources/DroverRedis/Scripts
output=Sources/DroverRedis/Scripts.generated.swift

fail() { printf 'embed-lua: %s\n' "$*" >&2; exit 1; }
[ -d "$folder" ] || fail "$folder is missing; name the folder of the scripts in this script"

# A file with what it includes, and what that includes.
expand() {
    local line name
    while IFS= read -r line; do
        if [[ $line =~ ^[[:space:]]*--#include\ (.*)$ ]]; then
            for name in ${BASH_REMATCH[1]}; do
                [ -f "$folder/include/$name.lua" ] || fail "$1 includes $name, and include/$name.lua is missing"
                expand "$folder/include/$name.lua"
            done
        else
            printf '%s\n' "$line"
        fi
    done <"$1"
}

# A script's text with what it includes, without comments and empty lines.
text_of() { expand "$1" | awk '{ sub(/[ \t]+$/, "") } /^[ \t]*--/ || /^$/ { next } { print }'; }

generate() {
    echo "// Written by scripts/embed-lua.sh from Scripts/*.lua. Do not edit: change the .lua file and run \`make embed\`."
    echo "// swift-format-ignore-file"
    echo
    echo "import RedisClient"
    echo
    echo "/// The store's scripts, each named after its file."
    echo "enum Scripts {"
    local file name text first=1
    for file in "$folder"/*.lua; do
        name=$(basename "$file" .lua)
        [[ $name =~ ^[a-z][a-zA-Z0-9]*$ ]] || fail "$file: name it in letters and digits, beginning with a small letter"
        text=$(text_of "$file")
        ! grep -q '"""#' <<<"$text" || fail "$file: contains \"\"\"#, which would end the Swift literal"
        [ $first = 1 ] || echo
        first=0
        printf '    /// `%s.lua`\n    static let %s = RedisScript(name: "%s", source: #"""\n' "$name" "$name" "$name"
        awk '{ print "        " $0 }' <<<"$text"
        printf '        """#, sha: "%s")\n' "$(printf '%s' "$text" | sha1sum | cut -d ' ' -f 1)"
    done
    echo "}"
}

if [ "${1:-}" = --check ]; then
    generate | diff -u "$output" - || {
        echo "embed-lua: $output is not what $folder says. Run \`make embed\` and commit the result." >&2
        exit 1
    }
else
    generated=$(generate)
    if [ ! -f "$output" ] || [ "$generated" != "$(cat "$output")" ]; then printf '%s\n' "$generated" >"$output"; fi
fi
