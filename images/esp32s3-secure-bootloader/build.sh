#!/usr/bin/env bash
# Builds this image into the directory given; with --flags or --compiler, prints those instead.
set -euo pipefail

cc=xtensa-lx106-elf-gcc
machine=(-mtext-section-literals -iquote ../common/boot -iquote ../common/boot/esp32s3)
boot=../common/boot
sources=($boot/start-xtensa.S $boot/{secure-main,console,system,flash,sha,partition,image,select,signature}.c
    $boot/later/{chip,mmu,keys}.c)
file=esp32s3-secure-bootloader.elf
. "$(dirname "${BASH_SOURCE[0]}")/../common/compile.sh"
