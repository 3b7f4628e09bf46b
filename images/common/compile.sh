# Read by the build.sh of an image, which has set cc, machine, sources and file: builds the file into the directory
# given; with --flags, prints the compiler flags instead, with --compiler, the compiler's name.

# The last two lines make the file depend on sources and compiler version alone: no debug info, identification,
# time, path or random name in it.
flags=(
    "${machine[@]}"
    -std=c11 -Os -ffreestanding -nostdlib -static
    -Wall -Wextra -Werror -iquote .
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns
    -Wl,-T,link.ld -Wl,-n -Wl,--gc-sections -Wl,--fatal-warnings
    -g0 -fno-ident -ffile-prefix-map=./= -frandom-seed=cloneproof
    -Wl,--build-id=none
)

case ${1:-} in
--flags)
    echo "${flags[*]}"
    exit
    ;;
--compiler)
    echo "$cc"
    exit
    ;;
esac
out=$(cd "${1:?usage: build.sh DIRECTORY | --flags | --compiler}" && pwd)
cd "$(dirname "$0")"
exec env -u CPATH -u C_INCLUDE_PATH -u LIBRARY_PATH -u SOURCE_DATE_EPOCH LC_ALL=C \
    "$cc" "${flags[@]}" "${sources[@]}" -o "$out/$file"
