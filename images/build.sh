#!/usr/bin/env bash
# Rebuilds the firmware under test from its sources and compares it with the manifests.
#
#   images/build.sh DIRECTORY   builds every image into DIRECTORY
#   images/build.sh --check     builds every image aside, and compares sources, flags, compiler, the committed file
#                               and the file just built with the SHA-256 of the manifest
#   images/build.sh --update    builds every image in place and writes the manifests' hashes anew
set -euo pipefail

images=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
failures=0

usage() {
    sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
}

# value FILE KEY: the string that a line `KEY = "…"` of a manifest holds.
value() {
    sed -n "s|^\"\{0,1\}$2\"\{0,1\} = \"\(.*\)\"\$|\1|p" "$1"
}

# set_value FILE KEY VALUE
set_value() {
    local escaped
    escaped=$(printf '%s' "$3" | sed 's/[\\|&]/\\&/g')
    sed -i.old "s|^\(\"\{0,1\}$2\"\{0,1\} = \)\".*\"\$|\1\"$escaped\"|" "$1" && rm "$1.old"
}

# sources FILE: the names in the [sources] table.
sources() {
    sed -n '/^\[sources\]/,$s/^"\(.*\)" = ".*"$/\1/p' "$1"
}

sha256() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# expect WHAT FOUND WANTED
expect() {
    if [ "$2" != "$3" ]; then
        printf '  %s\n    is   %s\n    want %s\n' "$1" "$2" "$3"
        failures=$((failures + 1))
    fi
}

# compiler_of IMAGE
compiler_of() {
    "$images/$1/build.sh" --compiler
}

# compiler_version IMAGE
compiler_version() {
    "$(compiler_of "$1")" --version | head -n 1
}

# need_compiler IMAGE: ends the script where its compiler is missing.
need_compiler() {
    local compiler package
    compiler=$(compiler_of "$1")
    case $compiler in
    xtensa-*) package=gcc-xtensa-lx106 ;;
    *) package=gcc-riscv64-unknown-elf ;;
    esac
    if ! command -v "$compiler" >/dev/null; then
        echo "$compiler is missing: on Debian and Ubuntu, apt-get install $package" >&2
        exit 3
    fi
}

build() {
    "$images/$1/build.sh" "$2"
}

check() {
    local name=$1 out=$2 manifest=$images/$1/manifest.toml file source before=$failures
    file=$(value "$manifest" file)
    expect "$name: flags" "$("$images/$name/build.sh" --flags)" "$(value "$manifest" flags)"
    for source in $(sources "$manifest"); do
        expect "$name: source $source" "$(sha256 "$images/$name/$source")" "$(value "$manifest" "$source")"
    done
    expect "$name: committed $file" "$(sha256 "$images/$name/$file")" "$(value "$manifest" sha256)"
    build "$name" "$out"
    expect "$name: rebuilt $file" "$(sha256 "$out/$file")" "$(value "$manifest" sha256)"
    if [ "$(compiler_version "$name")" != "$(value "$manifest" compiler)" ]; then
        # Another compiler may well give the same bytes: the hash decides.
        echo "  $name: note: compiler here is \"$(compiler_version "$name")\", the manifest names \"$(value "$manifest" compiler)\""
    fi
    if [ "$failures" = "$before" ]; then
        echo "  $name: $file rebuilt, SHA-256 $(value "$manifest" sha256), $(wc -c <"$out/$file" | tr -d ' ') bytes: as committed"
    fi
}

update() {
    local name=$1 manifest=$images/$1/manifest.toml source
    build "$name" "$images/$name"
    set_value "$manifest" sha256 "$(sha256 "$images/$name/$(value "$manifest" file)")"
    set_value "$manifest" compiler "$(compiler_version "$name")"
    set_value "$manifest" flags "$("$images/$name/build.sh" --flags)"
    for source in $(sources "$manifest"); do
        set_value "$manifest" "$source" "$(sha256 "$images/$name/$source")"
    done
}

[ $# = 1 ] || usage
scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
case $1 in
--check) scratch=$(mktemp -d) ;;
--update) ;;
-*) usage ;;
*) mkdir -p "$1" && target=$(cd "$1" && pwd) ;;
esac

for manifest in "$images"/*/manifest.toml; do
    need_compiler "$(basename "$(dirname "$manifest")")"
done
for manifest in "$images"/*/manifest.toml; do
    name=$(basename "$(dirname "$manifest")")
    case $1 in
    --check) check "$name" "$scratch" ;;
    --update) update "$name" ;;
    *) build "$name" "$target" ;;
    esac
done
if [ "$failures" != 0 ]; then
    echo "$failures differences from the manifests" >&2
    exit 1
fi
