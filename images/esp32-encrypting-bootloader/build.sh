#!/usr/bin/env bash
# Builds this image into the directory given; with --flags or --compiler, prints those instead.
set -euo pipefail

cc=xtensa-lx106-elf-gcc
machine=(-mtext-section-literals)
sources=(start.S main.c console.c system.c efuse.c flash.c sha.c partition.c image.c select.c encrypt.c)
file=esp32-encrypting-bootloader.elf
. "$(dirname "${BASH_SOURCE[0]}")/../common/compile.sh"
