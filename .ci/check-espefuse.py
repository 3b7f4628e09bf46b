"""Compares `cloneproof efuse` with espefuse's virtual chips: random keys, burns and protections must be carried out or
refused by both, leave the same bits behind, and all fields must lie at the same places with the same protections.
Usage: check-espefuse.py ESPEFUSE CLONEPROOF [SEED] (with the Python that has espefuse installed)"""

import contextlib
import io
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter

SEQUENCES = 24
STEPS = 8
# Chips with a revision; "3/4" burns that coding scheme first.
VARIANTS = [("esp32", "v3.0", ""), ("esp32", "v1.0", ""), ("esp32", "v3.0", "3/4"), ("esp32s2", "v1.0", ""),
            ("esp32s3", "v0.3", ""), ("esp32c2", "v1.0", ""), ("esp32c3", "v0.3", ""), ("esp32c5", "v1.0", ""),
            ("esp32c6", "v0.2", ""), ("esp32c61", "v1.0", ""), ("esp32h2", "v1.2", ""), ("esp32h21", "v0.1", ""),
            ("esp32h4", "v0.1", ""), ("esp32p4", "v1.0", ""), ("esp32p4", "v3.0", ""), ("esp32s31", "v0.1", "")]

# Differences that are known, all of them steps that espefuse alone carries out: by name, what cloneproof and espefuse say
# ("||" between the two), the reason.
KNOWN = [
    ("same purpose twice", r"has the purpose \w+ already",
     "The hardware takes one key of a flash encryption or digest purpose; espefuse burns a second one that nothing uses."),
    ("purpose within another", r"is in use: its purpose is .*\|\|.*The same value for KEY_PURPOSE_\d is already burned",
     "All bits of the new purpose are set in the old one: espefuse takes it for burned and burns the key under the old "
     "purpose."),
    ("reserved purposes", r"the chip has no key purpose with the code [12]\b",
     "ESP-IDF calls the code reserved; espefuse burns it, cloneproof does with --force."),
    ("both halves of the ESP32-C2's key block", r"the flash key is the lower half alone",
     "espefuse refuses to hide BLOCK_KEY0 without XTS_KEY_LENGTH_256, but not its two halves named one by one."),
]
# What is not compared, and why.
NOT_COMPARED = {
    "ECDSA keys": "espefuse takes PEM files for them, cloneproof the 32 bytes that are burned",
    "MAC addresses": "espefuse wants colons in CUSTOM_MAC and refuses MAC; the bits are compared",
    "identity of the ESP32": "eight factory-burned fields have no WR_DIS bit in espefuse's table; ours infers bit 3",
    "pins and ADC_VREF of the ESP32": "espefuse takes GPIO numbers, and refuses to burn ADC_VREF",
    "KEY_PURPOSE_n_H of the ESP32-P4 alone": "espefuse burns keys over a set high bit as if it were clear",
    "CODING_SCHEME after the start": "the virtual chip keeps decoded blocks, a real one decodes what is burned anew",
    "RD_DIS bit 3 with 3/4 coding": "the virtual chip then reads CODING_SCHEME as zero and decodes nothing any more",
    "fields of more than 64 bits": "they are burned as keys; BLOCK_USR_DATA is 192 bits here, next to CUSTOM_MAC",
    "zero": "espefuse accepts zero for counters alone; cloneproof refuses it everywhere, as there is nothing to burn",
}
ESP32_IDENTITY = {"DISABLE_BT", "DIS_CACHE", "CHIP_PACKAGE_4BIT", "CHIP_PACKAGE", "CHIP_CPU_FREQ_LOW",
                  "CHIP_CPU_FREQ_RATED", "CHIP_VER_REV1", "CHIP_VER_REV2", "WAFER_VERSION_MINOR", "SPI_PAD_CONFIG_HD",
                  "DISABLE_APP_CPU", "MAC_CRC", "VOL_LEVEL_HP_INV", "CODING_SCHEME"}
ESP32_TRANSLATED = {"ADC_VREF", "SPI_PAD_CONFIG_CLK", "SPI_PAD_CONFIG_Q", "SPI_PAD_CONFIG_D", "SPI_PAD_CONFIG_CS0"}
# Fields that decide most: they are burned and protected more often.
OFTEN = re.compile(r"CRYPT|SECURE|KEY_PURPOSE|JTAG|DOWNLOAD|^DIS_|^ABS_|WR_DIS|RD_DIS|VERSION")


class Theirs:
    """espefuse's virtual chip; its tables are read once."""

    def __init__(self, chip, path):
        self.chip, self.path = chip, path

    def run(self, action):
        """Carries an action out with the chip's commands; whether it succeeded, and what was said."""
        import espefuse
        import esptool
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                commands = espefuse.init_commands(chip=self.chip, virt=True, virt_efuse_file=self.path,
                                                  do_not_confirm=True)
                action(commands)
            return True, said.getvalue()
        except (esptool.FatalError, KeyError) as error:
            return False, f"{said.getvalue()[-300:]}\n{error}"


def cache_tables():
    """espefuse reads its YAML tables at every start; here once."""
    import yaml
    load, known = yaml.safe_load, {}

    def cached(stream):
        text = stream.read()
        if text not in known:
            known[text] = load(text)
        return known[text]

    yaml.safe_load = cached


class Sequence:
    def __init__(self, variant, number, seed, cloneproof, folder):
        self.chip, self.revision, self.coding = variant
        self.source = random.Random(f"{seed} {variant} {number}")
        self.name = f"{'-'.join(variant).replace('/', '')}-{number}"
        self.cloneproof, self.folder = cloneproof, folder
        self.theirs = Theirs(self.chip, self.path("theirs"))
        self.wrong, self.count, self.history, self.purposes = [], Counter(), [], None

    def path(self, name):
        return os.path.join(self.folder, f"{self.name}-{name}")

    def ours(self, command, *words):
        done = subprocess.run([self.cloneproof, "efuse", command, "--chip", self.chip, *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        return done.returncode == 0, done.stdout.decode(errors="replace")

    def change(self, command, *words):
        good, text = self.ours(command, self.path("ours"), self.path("next"), *words)
        if good:
            os.replace(self.path("next"), self.path("ours"))
        return good, text

    def must(self, done):
        if not done[0]:
            raise RuntimeError(f"{self.name}: {done[1]}")
        return done[1]

    def fields(self):
        """Our fields by name, as they are now."""
        text = self.must(self.ours("show", "--format", "json", self.path("ours")))
        return {field["name"]: field for field in json.loads(text)["fields"]}

    # Steps: what is done, with espefuse, with cloneproof.

    def burn(self):
        names = [name for name, field in self.now.items() if self.can_burn(name, field)]
        names = self.some(names, 3)
        values = {name: self.value(self.now[name]) for name in names}

        def action(commands):
            from espefuse.efuse.base_fields import CheckArgValue
            text = {name: str(value) if "KEY_PURPOSE" in name else hex(value) for name, value in values.items()}
            pairs = {name: CheckArgValue(commands.efuses, name)(value) for name, value in text.items()}
            commands.burn_efuse(pairs)

        words = [f"{name}={value:#x}" for name, value in values.items()]
        return f"burn {words}", action, ("burn", *words)

    def can_burn(self, name, field):
        if self.chip == "esp32" and name in ESP32_IDENTITY | ESP32_TRANSLATED:
            return False
        if name.startswith("KEY_PURPOSE") and name.endswith("_H"):
            return False
        return "MAC" not in name and field["bits"] <= 64 and name in self.known

    def value(self, field):
        top, now = (1 << field["bits"]) - 1, int(field["value"], 16)
        roll = self.source.random()
        if field["bits"] == 1:
            return 1 if roll < 0.97 else 2
        # A protection field with all bits ends the sequence; a few are enough.
        bits = self.source.randint(1, top)
        if field["name"] in ("WR_DIS", "RD_DIS"):
            bits = 1 << self.source.randrange(field["bits"])
            if self.coding == "3/4" and field["name"] == "RD_DIS":
                bits &= 7
            return (now | bits) or 1
        if roll < 0.8:
            return now | bits
        return bits if roll < 0.95 else top + 1

    def some(self, names, most):
        weights = [5 if OFTEN.search(name) else 1 for name in names]
        return sorted(set(self.source.choices(names, weights, k=self.source.randint(1, most))))

    def protect(self, kind):
        hidden = {"CODING_SCHEME", "FLASH_CRYPT_CONFIG", "KEY_STATUS", "BLK3_PART_RESERVE"}
        names = [name for name in self.known if self.known[name][kind] and name in self.now]
        names = [name for name in names if not (self.chip == "esp32" and name in ESP32_IDENTITY)]
        if kind == "read":
            names = [name for name in names if self.coding != "3/4" or name not in hidden]
        names = self.some(names, 2)

        def action(commands):
            (commands.read_protect_efuse if kind == "read" else commands.write_protect_efuse)(names)

        return f"{kind}-protect {names}", action, ("protect", *(word for name in names for word in (f"--{kind}", name)))

    def flags(self, *names):
        return [name for name in names if self.source.random() < 0.4]

    def burn_key(self):
        if self.chip == "esp32":
            return self.burn_key_esp32()
        flags = self.flags("--no-read-protect", "--no-write-protect")
        if self.chip == "esp32c2":
            slots, picked = [0], self.pick_c2()
        else:
            slots = [self.source.choice(self.slots)]
            picked = [(self.source.choice(self.purposes), 32 if self.source.random() < 0.95 else 31)]
        keys = [(purpose, self.source.randbytes(size)) for purpose, size in picked]
        words = []
        for index, (purpose, key) in enumerate(keys):
            with open(self.path(f"key{index}"), "wb") as file:
                file.write(key)
            words += ["--key", self.path(f"key{index}"), "--purpose", purpose, "--block", str(slots[0])]

        def action(commands):
            commands.burn_key([f"BLOCK_KEY{slots[0]}"] * len(keys), [io.BytesIO(key) for _, key in keys],
                              [purpose for purpose, _ in keys], no_write_protect="--no-write-protect" in flags,
                              no_read_protect="--no-read-protect" in flags)

        return f"burn-key BLOCK_KEY{slots[0]} {picked} {flags}", action, ("burn-key", *words, *flags)

    def pick_c2(self):
        derived, digest = ("XTS_AES_128_KEY_DERIVED_FROM_128_EFUSE_BITS", 16), ("SECURE_BOOT_DIGEST", 32)
        choices = [[derived], [digest], [derived, digest], [("XTS_AES_128_KEY", 32)], [("XTS_AES_128_KEY", 16)],
                   [("USER", 32)]]
        return self.source.choice(choices)

    def burn_key_esp32(self):
        block, name, purpose = self.source.choice([(1, "flash_encryption", "FLASH_ENCRYPTION"),
                                                   (2, "secure_boot_v1", "SECURE_BOOT_V1"),
                                                   (2, "secure_boot_v2", "SECURE_BOOT_V2"), (1, "BLOCK1", "USER"),
                                                   (2, "BLOCK2", "USER"), (3, "BLOCK3", "USER")])
        size = self.source.choice([32, 32, 32, 24] if not self.coding else [24, 24, 24, 32])
        key = self.source.randbytes(size)
        with open(self.path("key"), "wb") as file:
            file.write(key)
        bare = self.source.random() < 0.4
        flags = ["--no-read-protect", "--no-write-protect"] if bare else []

        def action(commands):
            commands.burn_key([name], [io.BytesIO(key)], no_protect_key=bare)

        words = ["--key", self.path("key"), "--purpose", purpose, "--block", str(block), *flags]
        return f"burn-key {name} of {size} bytes {flags}", action, ("burn-key", *words)

    def step(self):
        self.now = self.fields()
        steps = [self.burn] * 4 + [self.burn_key] * 3
        steps += [lambda: self.protect("write")] * 2 + [lambda: self.protect("read")]
        # Now and then the last step once more: what is burned already must be no burn at all.
        again = self.history and self.source.random() < 0.1
        what, action, words = self.history[-1] if again else self.source.choice(steps)()
        before = {name: self.contents(name) for name in ("theirs", "ours")}
        theirs, ours = self.theirs.run(action), self.change(*words)
        self.history.append((what, action, words))
        self.count["steps"] += 1
        self.count["refused"] += not ours[0]
        if theirs[0] != ours[0]:
            self.differ(what, theirs, ours, before)
        self.compare_bits(what)

    def differ(self, what, theirs, ours, before):
        alone, says = ("espefuse", f"{ours[1]} || {theirs[1]}") if theirs[0] else ("cloneproof", theirs[1])
        says = " ".join(re.sub("[│×]", " ", says).split())
        for name, text, _ in KNOWN:
            if alone == "espefuse" and re.search(text, says):
                self.count[f"known: {name}"] += 1
                for file, contents in before.items():
                    with open(self.path(file), "wb") as out:
                        out.write(contents)
                return
        says = says.split(" || ", maxsplit=1)[0]
        self.wrong.append(f"{self.name}: {what}: carried out by {alone} alone: {says[-300:]}")

    def contents(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def compare_bits(self, what):
        """All read registers; what RD_DIS hides is zero in espefuse's file."""
        theirs, ours = (int.from_bytes(self.contents(name), "big") for name in ("theirs", "ours"))
        start, stop = (0, 0x98) if self.chip == "esp32" else (0x2C, self.layout[-1][1])
        for field in self.fields().values():
            if field["read-protected"]:
                begin, end = self.layout[field["block"]]
                first, bits = begin * 8 + field["bit"], field["bits"]
                # A block is hidden as a whole, but for the halves of the ESP32-C2's key block.
                if field["block"] and not field["name"].endswith("_128"):
                    first, bits = begin * 8, (end - begin) * 8
                ours &= ~(((1 << bits) - 1) << first)
        if self.chip == "esp32":
            # Programming registers lie between block 0 and block 1.
            mask = (1 << 28 * 8) - 1 | ((1 << 0x60 * 8) - 1) << 0x38 * 8
        else:
            mask = ((1 << (stop - start) * 8) - 1) << start * 8
        wrong = (theirs ^ ours) & mask
        if wrong:
            self.wrong.append(f"{self.name}: {what}: registers differ: {wrong:#x}")

    def start(self):
        self.must(self.ours("new", "--revision", self.revision, "--mac", "24:0a:c4:00:00:01", "--format", "espefuse",
                            self.path("ours")))
        with open(self.path("theirs"), "wb") as file:
            file.write(self.contents("ours"))
        self.known, self.layout, self.slots = {}, [], []

        def look(commands):
            efuses = commands.efuses
            for field in efuses:
                if field.word is not None:
                    self.known[field.name] = {"write": field.write_disable_bit is not None,
                                              "read": field.read_disable_bit is not None}
            base = efuses.REGS.DR_REG_EFUSE_BASE
            for block in efuses.blocks:
                self.layout.append((block.rd_addr - base, block.rd_addr - base + block.len * 4))
                if block.key_purpose_name:
                    self.slots.append(len(self.slots))
            if self.slots:
                kinds = type(efuses["KEY_PURPOSE_0"]).KEY_PURPOSES
                self.purposes = [kind[0] for kind in kinds if kind[1] >= 0 and not kind[0].startswith(
                    ("RESERVED", "CUSTOM", "ECDSA"))]

        self.must(self.theirs.run(look))
        if self.coding:
            def action(commands):
                commands.burn_efuse({"CODING_SCHEME": 1})
            self.must(self.theirs.run(action))
            self.must(self.change("burn", "CODING_SCHEME=1"))
            self.layout = [(start, start + (28 if not start else 24)) for start, _ in self.layout]

    def compare_fields(self):
        with open(self.path("summary"), "w", encoding="utf-8") as summary:
            self.must(self.theirs.run(lambda commands: commands.summary(format="json", file=summary)))
        with open(self.path("summary"), encoding="utf-8") as summary:
            theirs = json.load(summary)
        ours = self.fields()
        for name, field in theirs.items():
            # What espefuse computes of other fields, or calls reserved; and wholes of which we name parts.
            if field["word"] is None or name.startswith("RESERVED") or name.startswith("REPEAT_DATA"):
                continue
            whole = {"BLOCK_USR_DATA", "BLOCK3"} | ({"BLOCK_KEY0"} if self.chip == "esp32c2" else set())
            if name in whole:
                continue
            if self.chip == "esp32" and name in ESP32_IDENTITY:
                continue
            mine = ours.get(name)
            if mine is None:
                self.wrong.append(f"{self.name}: field {name} is missing")
                continue
            bits = field["bit_len"]
            place = (field["block"], field["word"] * 32 + field["pos"], bits, not field["writeable"],
                     not field["readable"])
            # With 3/4 coding the ESP32's key blocks end earlier.
            size = min(mine["bits"], bits) if self.coding else mine["bits"]
            own = (mine["block"], mine["bit"], size, mine["write-protected"], mine["read-protected"])
            if place != own:
                self.wrong.append(f"{self.name}: field {name}: {own}, espefuse says {place}")
            self.count["fields"] += 1

    def check(self):
        try:
            self.start()
            for _ in range(STEPS):
                self.step()
                if self.wrong:
                    break
            self.compare_fields()
        except RuntimeError as error:
            self.wrong.append(str(error))
        self.count["sequences"] += 1
        return self.count, self.wrong


def check(arguments):
    return Sequence(*arguments).check()


def main():
    cloneproof = sys.argv[2]
    seed = sys.argv[3] if len(sys.argv) > 3 else str(int.from_bytes(os.urandom(8), "big"))
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, multiprocessing.Pool(initializer=cache_tables) as pool:
        work = [(variant, number, seed, cloneproof, folder) for variant in VARIANTS for number in range(SEQUENCES)]
        results = pool.map(check, work, chunksize=4)
    wrong = [line for _, lines in results for line in lines]
    for line in wrong:
        print(f"differs: {line}")
    count = sum((count for count, _ in results), Counter())
    for name, _, why in KNOWN:
        print(f"known difference, {count[f'known: {name}']} times: {name}. {why}")
    for what, why in NOT_COMPARED.items():
        print(f"not compared: {what}: {why}")
    print(f"{count['sequences']} sequences on {len({chip for chip, _, _ in VARIANTS})} chips, {count['steps']} steps, "
          f"{count['refused']} of them refused, {count['fields']} fields, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
