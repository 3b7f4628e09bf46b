#!/usr/bin/env bash
# Builds this image into the directory given; with --flags, prints the compiler flags instead.
set -euo pipefail

cc=xtensa-lx106-elf-gcc
sources=(start.S main.c console.c system.c efuse.c flash.c sha.c partition.c image.c select.c encrypt.c)
# The last two lines make the file depend on sources and compiler version alone: no debug info, identification,
# time, path or random name in it.
flags=(
    -std=c11 -Os -ffreestanding -nostdlib -static
    -Wall -Wextra -Werror -mtext-section-literals
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns
    -Wl,-T,link.ld -Wl,-n -Wl,--gc-sections -Wl,--fatal-warnings
    -g0 -fno-ident -ffile-prefix-map=./= -frandom-seed=cloneproof
    -Wl,--build-id=none
)

if [ "${1:-}" = --flags ]; then
    echo "${flags[*]}"
    exit
fi
out=$(cd "${1:?usage: build.sh DIRECTORY | --flags}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
exec env -u CPATH -u C_INCLUDE_PATH -u LIBRARY_PATH -u SOURCE_DATE_EPOCH LC_ALL=C \
    "$cc" "${flags[@]}" "${sources[@]}" -o "$out/esp32-encrypting-bootloader.elf"
