#!/usr/bin/env bash
# Builds this image into the directory given; with --flags or --compiler, prints those instead.
set -euo pipefail

cc=riscv64-unknown-elf-gcc
machine=(-march=rv32imc_zicsr -mabi=ilp32 -iquote ../common/boot -iquote ../common/boot/esp32c3)
boot=../common/boot
sources=($boot/start-riscv.S $boot/{secure-main,console,system,flash,sha,partition,image,select,signature}.c
    $boot/later/{chip,mmu,keys}.c)
file=esp32c3-secure-bootloader.elf
. "$(dirname "${BASH_SOURCE[0]}")/../common/compile.sh"
