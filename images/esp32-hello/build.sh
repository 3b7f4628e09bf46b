#!/usr/bin/env bash
# Builds this image into the directory given; with --flags or --compiler, prints those instead.
set -euo pipefail

cc=xtensa-lx106-elf-gcc
machine=(-mtext-section-literals)
sources=(../common/start-xtensa.S ../common/hello.c)
file=esp32-hello.elf
. "$(dirname "${BASH_SOURCE[0]}")/../common/compile.sh"
