#!/usr/bin/env python3
"""Makes fpu_qemu.txt: what Espressif's QEMU answers for the floating-point instructions of the ESP32's core.

    fpu_qemu.py qemu-system-xtensa > fpu_qemu.txt

Writes an ELF file that runs every instruction over a table of operands under each rounding mode and gives the results
to semihosting; runs it with `-M sim -cpu esp32 -semihosting -display none -monitor none -kernel`; prints one line for each run of an
instruction: fr, fs (or ar[s]), ft, the result, FSR, in hexadecimal, below a line with the instruction's name, its
24 bits (several words for a sequence) and FCR.
"""
import random, struct, subprocess, sys, tempfile

RESET, CODE, START, DATA = 0x50000000, 0x40000500, 0x40000900, 0x3FFB0000
# Registers: fr is f0, fs f1, ft f2; ar[s] is a9; results leave in a12
def rrr(op2, op1, r, s, t): return op2 << 20 | op1 << 16 | r << 12 | s << 8 | t << 4
def fp0(op2): return rrr(op2, 10, 0, 1, 2)
def fp1(op2): return rrr(op2, 11, 0, 1, 2)
def one(t, r, s): return rrr(15, 10, r, s, t)
def maddn(r, s, t): return rrr(6, 10, r, s, t)
def const(r, n): return one(3, r, n)
def mov(r, s): return one(0, r, s)
def neg(r, s): return one(6, r, s)
def div0(r, s): return one(7, r, s)
def sqrt0(r, s): return one(9, r, s)
def nexp01(r, s): return one(11, r, s)
def mksadj(r, s): return one(12, r, s)
def mkdadj(r, s): return one(13, r, s)
def addexp(r, s): return one(14, r, s)
def addexpm(r, s): return one(15, r, s)
def divn(r, s, t): return rrr(7, 10, r, s, t)

# f0 = f1 / f2 and f0 = sqrt(f1) as libgcc of the ESP32's compiler has them (__divsf3, __ieee754_sqrtf).
DIVISION = [div0(3, 2), nexp01(4, 2), const(5, 1), maddn(5, 4, 3), mov(6, 3), mov(7, 2), nexp01(2, 1), maddn(6, 5, 6),
            const(5, 1), const(0, 0), neg(8, 2), maddn(5, 4, 6), maddn(0, 8, 3), mkdadj(7, 1), maddn(6, 5, 6),
            maddn(8, 4, 0), const(3, 1), maddn(3, 4, 6), maddn(0, 8, 6), neg(2, 2), maddn(6, 3, 6), maddn(2, 4, 0),
            addexpm(0, 7), addexp(6, 7), divn(0, 2, 6)]
ROOT = [sqrt0(2, 1), const(3, 0), maddn(3, 2, 2), nexp01(4, 1), const(0, 3), addexp(4, 0), maddn(0, 3, 4),
        nexp01(3, 1), neg(5, 3), maddn(2, 0, 2), const(0, 0), const(6, 0), const(7, 0), maddn(0, 5, 2), maddn(6, 2, 4),
        const(4, 3), maddn(7, 4, 2), maddn(3, 0, 0), maddn(4, 6, 2), neg(2, 7), maddn(0, 3, 2), maddn(7, 4, 7),
        mksadj(2, 1), nexp01(1, 1), maddn(1, 0, 0), neg(3, 7), addexpm(0, 2), addexp(3, 2), divn(0, 1, 3)]

SPECIAL = [0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x3F800001, 0x3F7FFFFF, 0x7F7FFFFF, 0xFF7FFFFF, 0x00800000,
           0x807FFFFF, 0x00000001, 0x80000001, 0x7F800000, 0xFF800000, 0x40490FDB, 0x33800000, 0x4B000001, 0xCB7FFFFF]
NAN = [0x7FC00000, 0xFFD5AA55, 0x7F800001, 0xFFA5A5A5]
INTEGERS = [0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x80000001, 0x01000001, 0x01000003, 0xFEFFFFFF, 0x7FFFFFC0,
            0xFFFFFF80, 0xFFFFFF7F, 0x075BCD15]
HALVES = [0x3F000000, 0xBF000000, 0x3FC00000, 0xBFC00000, 0x40200000, 0xC0200000, 0x3F7FFFFF, 0x4F000000, 0xCF000000,
          0x4EFFFFFF, 0xCF000001, 0x4F800000, 0x4F7FFFFF, 0xBFFFFFFF, 0xBF7FFFFF, 0x71000000, 0xF1000000]
rng = random.Random(2)
def anything(): return rng.getrandbits(32)
def near(value, spread):
    exponent = min(254, max(0, (value >> 23 & 255) + rng.randint(-spread, spread)))
    return rng.getrandbits(1) << 31 | exponent << 23 | rng.getrandbits(23)
def middling(): return near(0x3F800000, 20)
def tiny(): return near(0x02000000, 4)

def pairs(count, nan=True):
    pool = SPECIAL + (NAN if nan else [])
    for _ in range(count // 2):
        yield rng.choice(pool), rng.choice(pool)
    for _ in range(count // 6):
        s = middling()
        yield s, near(s, 2)
    for _ in range(count // 6):
        yield anything(), anything() if nan else tiny()
    for _ in range(count // 6):
        yield tiny(), near(0x3F800000, 5)

def triples(count):
    for s, t in pairs(count):
        product = struct.unpack("<f", struct.pack("<I", s))[0] * struct.unpack("<f", struct.pack("<I", t))[0]
        try:
            r = struct.unpack("<I", struct.pack("<f", -product))[0] + rng.randint(-2, 2) & 0xFFFFFFFF
        except OverflowError:
            r = 0x7F7FFFFF
        yield rng.choice([r, r, middling(), rng.choice(SPECIAL + NAN)]), s, t

def finite(bits): return bits & 0x7F800000 != 0x7F800000 or bits & 0x7FFFFF == 0

def jobs():
    """(name, words, where the result is, fcr, operands)"""
    for fcr in range(4):
        for name, op2 in ("add.s", 0), ("sub.s", 1), ("mul.s", 2):
            yield name, [fp0(op2)], "f", fcr, [(0, s, t) for s, t in pairs(66)]
        for name, op2 in ("madd.s", 4), ("msub.s", 5):
            yield name, [fp0(op2)], "f", fcr, list(triples(96))
        for name, op2 in ("float.s", 12), ("ufloat.s", 13):
            for scale in 0, 1, 15:
                word = rrr(op2, 10, 0, 9, scale)
                yield name, [word], "f", fcr, [(0, v, 0) for v in INTEGERS + [anything() for _ in range(5)]]
        yield "division", DIVISION, "f", fcr, [
            (0, s, t) for s, t in pairs(120, nan=False) if finite(s) and finite(t)]
        yield "root", ROOT, "f", fcr, [
            (0, v, 0) for v in SPECIAL + [x & 0x7FFFFFFF for x in (anything() for _ in range(24)) if finite(x)]]
    for name, op2 in ("un.s", 1), ("oeq.s", 2), ("ueq.s", 3), ("olt.s", 4), ("ult.s", 5), ("ole.s", 6), ("ule.s", 7):
        yield name, [fp1(op2)], "b", 0, [(0, s, t) for s, t in pairs(54)]
    for fcr in 0, 2:  # the mode must not matter
        for name, op2 in ("round.s", 8), ("trunc.s", 9), ("floor.s", 10), ("ceil.s", 11), ("utrunc.s", 14):
            for scale in 0, 3, 15:
                # Not so large that QEMU's step by step scaling overflows, which it then reports.
                values = [v for v in SPECIAL + HALVES + NAN + [near(0x4E000000 - (scale << 23), 6) for _ in range(8)]
                          if not finite(v) or v & 0x7FFFFFFF == 0x7F800000 or (v >> 23 & 255) + scale < 255]
                yield name, [rrr(op2, 10, 12, 1, scale)], "a", fcr, [(0, v, 0) for v in values]
    for name, t in ("mov.s", 0), ("abs.s", 1), ("neg.s", 6):
        yield name, [one(t, 0, 1)], "f", 0, [(0, v, 0) for v in SPECIAL[:4] + NAN]
    for n in range(16):
        yield "const.s", [const(0, n)], "f", 0, [(0, 0, 0)]
    for name, op2 in ("moveqz.s", 8), ("movnez.s", 9), ("movltz.s", 10), ("movgez.s", 11):
        yield name, [rrr(op2, 11, 0, 1, 9)], "f", 0, [(0x11, v, 0) for v in (0, 1, 0x80000000, 0x7FFFFFFF)]

class Program:
    def __init__(self):
        self.literals, self.code = [], bytearray()
    def emit(self, *words):
        for word in words:
            self.code += struct.pack("<I", word)[:3]
    def load(self, register, value):  # l32r from literals placed before the code
        self.literals.append((len(self.code), value))
        self.emit(register << 4 | 1)
    def image(self):
        assert CODE + 4 * len(self.literals) <= START
        table = bytearray()
        for i, (at, value) in enumerate(self.literals):
            table += struct.pack("<I", value)
            distance = CODE + 4 * i - (START + at + 3 & ~3)
            word = int.from_bytes(self.code[at:at + 3], "little") | (distance >> 2 & 0xFFFF) << 8
            self.code[at:at + 3] = struct.pack("<I", word)[:3]
        return bytes(table.ljust(START - CODE, b"\0") + self.code)

def l32i(t, s, offset): return offset >> 2 << 16 | 2 << 12 | s << 8 | t << 4 | 2
def s32i(t, s, offset): return offset >> 2 << 16 | 6 << 12 | s << 8 | t << 4 | 2
def addi(t, s, value): return (value & 255) << 16 | 12 << 12 | s << 8 | t << 4 | 2
def movi(t, value): return (value & 255) << 16 | 10 << 12 | (value >> 8 & 15) << 8 | t << 4 | 2
def wsr(number, t): return rrr(1, 3, number >> 4, number & 15, t)
def rsr(number, t): return rrr(0, 3, number >> 4, number & 15, t)
def wur(number, t): return rrr(15, 3, number >> 4, number & 15, t)
def rur(number, r): return rrr(14, 3, r, number >> 4, number & 15)
SIMCALL, CPENABLE, BR, FCR, FSR = 0x005100, 224, 4, 232, 233
SYS_EXIT, SYS_WRITE = 1, 4

def build(all_jobs):
    program, data = Program(), bytearray()
    program.emit(movi(8, 255), wsr(CPENABLE, 8))
    program.load(2, DATA)  # a2: operands, a3: results, 4 words in and 2 out
    program.load(3, DATA + 0x20000)
    for _, words, kind, fcr, operands in all_jobs:
        program.emit(movi(8, fcr), wur(FCR, 8))
        program.load(4, len(operands))
        top = len(program.code)
        program.emit(movi(8, 0), wur(FSR, 8), wsr(BR, 8))
        for i in range(3):
            program.emit(l32i(8 + i, 2, 4 * i), one(5, i, 8 + i))
        program.emit(*words)
        if kind == "f":
            program.emit(one(4, 12, 0))
        if kind == "b":
            program.emit(rsr(BR, 12))
        program.emit(s32i(12, 3, 0), rur(FSR, 12), s32i(12, 3, 4), addi(2, 2, 12), addi(3, 3, 8), addi(4, 4, -1))
        back = top - len(program.code) - 4
        program.emit((back & 0xFFF) << 12 | 4 << 8 | 0x56)  # bnez a4
        for operand in operands:
            data += struct.pack("<3I", *operand)
    total = sum(len(job[4]) for job in all_jobs) * 8
    program.emit(movi(2, SYS_WRITE), movi(3, 1))
    program.load(4, DATA + 0x20000)
    program.load(5, total)
    program.emit(SIMCALL, movi(2, SYS_EXIT), movi(3, 0), SIMCALL)
    assert len(data) < 0x20000, len(data)
    return program.image(), bytes(data), total

def elf(entry, segments):
    head = b"\x7fELF\1\1\1" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", 2, 94, 1, entry, 52, 0, 0, 52, 32,
                                                    len(segments), 40, 0, 0)
    offset, table, body = 52 + 32 * len(segments), b"", b""
    for address, content in segments:
        table += struct.pack("<8I", 1, offset, address, address, len(content), len(content), 7, 4)
        offset += len(content)
        body += content
    return head + table + body

def main():
    all_jobs = list(jobs())
    jump = Program()  # a8 = 1 << 30, += 9 << 8, jx a8
    jump.emit(movi(8, 1), rrr(0, 1, 8, 8, 2), (START >> 8 & 255) << 16 | 13 << 12 | 8 << 8 | 8 << 4 | 2, 8 << 8 | 0xA0)
    code, data, total = build(all_jobs)
    with tempfile.NamedTemporaryFile(suffix=".elf") as file:
        file.write(elf(RESET, [(RESET, bytes(jump.code)), (CODE, code), (DATA, data)]))
        file.flush()
        command = [sys.argv[1], "-M", "sim", "-cpu", "esp32", "-semihosting", "-display", "none", "-monitor", "none", "-kernel", file.name]
        output = subprocess.run(command, stdout=subprocess.PIPE, timeout=20).stdout
    assert len(output) == total, (len(output), total)
    print("# Floating-point results of Espressif's QEMU 7.2.0, machine sim, core esp32; made by fpu_qemu.py, which says")
    print("# what the columns are.")
    at = 0
    for name, words, kind, fcr, operands in all_jobs:
        print(f"{name} {' '.join(f'{w:06x}' for w in words)} fcr={fcr} {kind}")
        for r, s, t in operands:
            result, flags = struct.unpack_from("<2I", output, at)
            at += 8
            print(f"{r:x} {s:x} {t:x} {result:x} {flags:x}")

main()
