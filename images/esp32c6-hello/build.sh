#!/usr/bin/env bash
# Builds this image into the directory given; with --flags or --compiler, prints those instead.
set -euo pipefail

cc=riscv64-unknown-elf-gcc
machine=(-march=rv32imac_zicsr -mabi=ilp32)
sources=(start.S ../common/hello.c)
file=esp32c6-hello.elf
. "$(dirname "${BASH_SOURCE[0]}")/../common/compile.sh"
