"""Compares `cloneproof efuse` with espefuse's virtual chips: random keys, burns and protections must be carried out or
refused by both, leave the same bits behind, and all fields must lie at the same places with the same protections.
Usage: check-espefuse.py ESPEFUSE CLONEPROOF [SEED]"""

import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

CASES = 3
STEPS = 7
BLOCK = 32
# The read registers 0x2c to 0x17b in espefuse's file, which is reversed.
FILE_LEN, FIRST, LAST = 512, 0x2C, 0x17C
KEY0 = 0x9C
SLOTS = 6
ANY_BLOCK = ["USER", "HMAC_DOWN_ALL", "HMAC_DOWN_JTAG", "HMAC_DOWN_DIGITAL_SIGNATURE", "HMAC_UP"]
ONCE = ["XTS_AES_128_KEY", "SECURE_BOOT_DIGEST0", "SECURE_BOOT_DIGEST1", "SECURE_BOOT_DIGEST2"]
CHIPS = {
    "esp32c3": {"once": ONCE, "fields": ["DIS_TWAI", "VDD_SPI_AS_GPIO", "ERR_RST_ENABLE"]},
    "esp32s3": {"once": ONCE + ["XTS_AES_256_KEY_1", "XTS_AES_256_KEY_2"],
                "fields": ["DIS_DOWNLOAD_DCACHE", "DIS_APP_CPU", "VDD_SPI_XPD", "FLASH_TYPE", "FLASH_PAGE_SIZE"]},
}
# Fields of both chips with their number of bits.
FIELDS = {"DIS_ICACHE": 1, "DIS_DOWNLOAD_ICACHE": 1, "DIS_USB_JTAG": 1, "SOFT_DIS_JTAG": 3, "DIS_PAD_JTAG": 1,
          "DIS_DOWNLOAD_MANUAL_ENCRYPT": 1, "WDT_DELAY_SEL": 2, "SPI_BOOT_CRYPT_CNT": 3, "SECURE_BOOT_EN": 1,
          "SECURE_BOOT_KEY_REVOKE1": 1, "DIS_DIRECT_BOOT": 1, "UART_PRINT_CONTROL": 2, "SECURE_VERSION": 16,
          "FLASH_PAGE_SIZE": 2}
PROTECTABLE = ["RD_DIS", "DIS_ICACHE", "WDT_DELAY_SEL", "SPI_BOOT_CRYPT_CNT", "SECURE_BOOT_EN", "SECURE_VERSION",
               "KEY_PURPOSE_0", "KEY_PURPOSE_4", "BLOCK_KEY1", "BLOCK_KEY5", "SOFT_DIS_JTAG", "MAC", "CUSTOM_MAC"]


def run(*command):
    """Runs a command; whether it succeeded, and what it said."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=120)
    return done.returncode == 0, done.stdout.decode(errors="replace")


def must(*command):
    good, text = run(*command)
    if not good:
        raise RuntimeError(f"{' '.join(map(os.path.basename, command))}\nfailed:\n{text}")
    return text


def registers(path):
    """The controller's register space, in order."""
    with open(path, "rb") as file:
        contents = file.read()
    if len(contents) != FILE_LEN:
        raise RuntimeError(f"eFuse file of {len(contents)} bytes")
    return contents[::-1]


def visible(space):
    """What software reads: key blocks that RD_DIS hides are zero, as espefuse leaves them."""
    seen = bytearray(space[FIRST:LAST])
    for slot in range(SLOTS):
        if space[FIRST + 4] >> slot & 1:
            at = KEY0 + BLOCK * slot - FIRST
            seen[at:at + BLOCK] = bytes(BLOCK)
    return bytes(seen)


class Case:
    def __init__(self, number, chip, seed, espefuse, cloneproof, folder):
        self.chip, self.source, self.folder = chip, random.Random(f"{seed} {chip} {number}"), folder
        self.espefuse, self.cloneproof, self.prefix = espefuse, cloneproof, f"{chip}-{number}"
        self.wrong, self.steps, self.refused, self.history, self.values = [], 0, 0, [], {}

    def path(self, name):
        return os.path.join(self.folder, f"{self.prefix}-{name}")

    def theirs(self, *words):
        return run(self.espefuse, "--chip", self.chip, "--virt", "--path-efuse-file", self.path("theirs"),
                   "--do-not-confirm", *words)

    def ours(self, command, *words):
        good, text = run(self.cloneproof, "efuse", command, "--chip", self.chip, *words, self.path("ours"),
                         self.path("next"))
        if good:
            os.replace(self.path("next"), self.path("ours"))
        return good, text

    def burn_key(self):
        purpose = self.source.choice(ANY_BLOCK + 2 * CHIPS[self.chip]["once"])
        if purpose not in ANY_BLOCK and purpose in self.history:
            return None
        self.history.append(purpose)
        slot = self.source.randrange(SLOTS)
        with open(self.path("key"), "wb") as file:
            file.write(self.source.randbytes(BLOCK))
        flags = [flag for flag in ("--no-read-protect", "--no-write-protect") if self.source.random() < 0.5]
        theirs = self.theirs("burn-key", f"BLOCK_KEY{slot}", self.path("key"), purpose, *flags)
        ours = self.ours("burn-key", "--block", str(slot), "--key", self.path("key"), "--purpose", purpose, *flags)
        return f"burn-key BLOCK_KEY{slot} {purpose} {flags}", theirs, ours

    def burn(self):
        name = self.source.choice(sorted(FIELDS) + CHIPS[self.chip]["fields"])
        if self.chip == "esp32c3" and name == "FLASH_PAGE_SIZE":
            return None
        # espefuse refuses values that would clear bits.
        value = self.values.get(name, 0) | self.source.randrange(1, 1 << FIELDS.get(name, 1))
        if value == self.values.get(name):
            return None
        theirs = self.theirs("burn-efuse", name, hex(value))
        good, text = run(self.cloneproof, "efuse", "burn", "--chip", self.chip, self.path("ours"), self.path("next"),
                         f"{name}={value:#x}")
        if good:
            os.replace(self.path("next"), self.path("ours"))
            self.values[name] = value
        return f"burn {name} {value:#x}", theirs, (good, text)

    def protect(self):
        name = self.source.choice(PROTECTABLE)
        theirs = self.theirs("write-protect-efuse", name)
        return f"write-protect {name}", theirs, self.ours("burn", "--write-protect", name)

    def step(self):
        done = self.source.choice([self.burn_key, self.burn_key, self.burn, self.burn, self.protect])()
        if done is None:
            return
        what, theirs, ours = done
        self.steps += 1
        self.refused += not theirs[0]
        if theirs[0] != ours[0]:
            says = (ours if theirs[0] else theirs)[1].strip().splitlines()[-4:]
            self.wrong.append(f"{self.prefix}: {what}: carried out by {'espefuse' if theirs[0] else 'cloneproof'} alone: "
                              + " / ".join(says))
        theirs, ours = visible(registers(self.path("theirs"))), visible(registers(self.path("ours")))
        if theirs != ours:
            at = next(i for i in range(len(ours)) if ours[i] != theirs[i]) + FIRST
            self.wrong.append(f"{self.prefix}: {what}: registers differ from {at:#x} on")

    def compare_fields(self):
        good, text = self.theirs("summary", "--format", "json", "--file", self.path("summary"))
        if not good:
            raise RuntimeError(text)
        with open(self.path("summary"), encoding="utf-8") as file:
            theirs = json.load(file)
        shown = json.loads(must(self.cloneproof, "efuse", "show", "--chip", self.chip, "--format", "json",
                                self.path("ours")))
        ours = {field["name"]: field for field in shown["fields"]}
        compared = 0
        for name, field in theirs.items():
            # What espefuse computes of several fields; and the whole of block 3, of which we name parts.
            if name in ("WAFER_VERSION_MINOR", "PSRAM_CAPACITY", "BLOCK_USR_DATA"):
                continue
            mine = ours.get(name)
            if mine is None:
                self.wrong.append(f"{self.prefix}: field {name} is missing")
                continue
            place = (field["block"], field["word"] * 32 + field["pos"], field["bit_len"], not field["writeable"],
                     not field["readable"])
            own = (mine["block"], mine["bit"], mine["bits"], mine["write-protected"], mine["read-protected"])
            if place != own:
                self.wrong.append(f"{self.prefix}: field {name}: {own}, espefuse says {place}")
            compared += 1
        return compared

    def check(self):
        start = ["--revision", "v0.3", "--mac", "24:0a:c4:00:00:01", "--format", "espefuse"]
        for name in ("theirs", "ours"):
            must(self.cloneproof, "efuse", "new", "--chip", self.chip, *start, self.path(name))
        for _ in range(STEPS):
            self.step()
        return self.steps, self.refused, self.compare_fields(), self.wrong


def main():
    espefuse, cloneproof = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int.from_bytes(os.urandom(8), "big")
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        cases = [Case(number, chip, seed, espefuse, cloneproof, folder) for number in range(CASES) for chip in CHIPS]
        try:
            results = list(pool.map(Case.check, cases))
        except RuntimeError as error:
            print(error)
            return 1
    wrong = [line for result in results for line in result[3]]
    for line in wrong:
        print(f"differs: {line}")
    steps, refused, fields = (sum(result[i] for result in results) for i in range(3))
    print(f"{steps} steps, {refused} of them refused, {fields} fields, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
