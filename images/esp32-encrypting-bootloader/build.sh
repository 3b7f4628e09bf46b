#!/usr/bin/env bash
# Builds this image into the directory given; with --flags or --compiler, prints those instead.
set -euo pipefail

cc=xtensa-lx106-elf-gcc
machine=(-mtext-section-literals -iquote ../common/boot -iquote ../common/boot/esp32)
boot=../common/boot
sources=(main.c efuse.c flash-write.c encrypt.c $boot/start-xtensa.S
    $boot/{console,system,flash,sha,partition,image,select}.c $boot/esp32/{chip,mmu}.c)
file=esp32-encrypting-bootloader.elf
. "$(dirname "${BASH_SOURCE[0]}")/../common/compile.sh"
