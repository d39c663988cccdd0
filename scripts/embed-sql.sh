#!/usr/bin/env bash
# Writes Sources/DroverSQLite/Statements.generated.swift from Sources/DroverSQLite/Statements/*.sql, so that statements
# live in files of their own and yet need no resource bundle. `claim-ready.sql` becomes `SQL.claimReady`.
# Lines that are only a comment stay in the file and out of the literal: SQLite need not read them.
#
# usage: scripts/embed-sql.sh            write the file
#        scripts/embed-sql.sh --check    fail, with the difference, when the file is not what would be written
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
folder=Sources/DroverSQLite/Statements
output=Sources/DroverSQLite/Statements.generated.swift

# Words of Swift that a statement might be called by; they need backticks.
keywords="import init repeat return switch case default in is as where while for if else do defer guard throw try"

fail() { printf 'embed-sql: %s\n' "$*" >&2; exit 1; }
[ -d "$folder" ] || fail "$folder is missing; name the folder of the statements in this script"

generate() {
    echo "// Written by scripts/embed-sql.sh from Statements/*.sql. Do not edit: change the .sql file and run \`make embed\`."
    echo "// swift-format-ignore-file"
    echo
    echo "/// The store's statements, each named after its file."
    echo "enum SQL {"
    local file name first=1
    local -A seen=()
    while IFS= read -r file; do
        name=$(basename "$file" .sql)
        [[ $name =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ ]] ||
            fail "$file: name it in small letters, digits and single hyphens, beginning with a letter"
        [ -z "${seen[$name]:-}" ] || fail "$file and ${seen[$name]} have the same name; names are one list over all folders"
        seen[$name]=$file
        ! grep -q '"""#' "$file" || fail "$file: contains \"\"\"#, which would end the Swift literal"
        name=$(awk -F- '{ for (i = 2; i <= NF; i++) $i = toupper(substr($i, 1, 1)) substr($i, 2); OFS = ""; $1 = $1; print }' <<<"$name")
        case " $keywords " in *" $name "*) name="\`$name\`" ;; esac
        [ $first = 1 ] || echo
        first=0
        printf '    /// `%s`\n    static let %s = #"""\n' "${file#"$folder"/}" "$name"
        awk '
            /^[ \t]*--/ { next }
            { sub(/[ \t]+$/, "") }
            /^$/ { blank++; next }
            { while (printed && blank-- > 0) print ""; blank = 0; printed = 1; print "        " $0 }
        ' "$file"
        printf '        """#\n'
    done < <(find "$folder" -name '*.sql' | sort)
    echo "}"
}

if [ "${1:-}" = --check ]; then
    generate | diff -u "$output" - || {
        echo "embed-sql: $output is not what $folder says. Run \`make embed\` and commit the result." >&2
        exit 1
    }
else
    generated=$(generate)
    if [ ! -f "$output" ] || [ "$generated" != "$(cat "$output")" ]; then printf '%s\n' "$generated" >"$output"; fi
fi
