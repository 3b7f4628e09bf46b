"""Compares `cloneproof flash encrypt|decrypt` with espsecure on random data: for the ESP32 with every FLASH_CRYPT_CONFIG
and both key lengths, for every other chip with every key length that it has.
Usage: check-espsecure.py ESPSECURE CLONEPROOF [SEED]"""

import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

BLOCK = 16
FLASH_SIZE = 16 << 20
LONGEST = 20000
# The chips with XTS-AES and the key files that espefuse takes for their purposes XTS_AES_*: of 32 bytes for XTS-AES-128,
# 64 for XTS-AES-256, 16 for the key that the ESP32-C2 derives. espsecure itself asks for no chip.
XTS_CHIPS = {
    "esp32s2": (32, 64), "esp32s3": (32, 64), "esp32c2": (32, 16), "esp32c3": (32,), "esp32c5": (32, 64),
    "esp32c6": (32,), "esp32c61": (32,), "esp32h2": (32,), "esp32h21": (32,), "esp32h4": (32, 64),
    "esp32p4": (32, 64), "esp32s31": (32, 64),
}
XTS_ADDRESSES = 1 << 32
# More than the pieces that cloneproof hands to its threads.
XTS_LONG = 300000


def run(*command):
    """Runs a command that must succeed; its output is shown only if it does not."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        names = " ".join(os.path.basename(word) for word in command)
        raise RuntimeError(f"{names}\nended with {done.returncode}:\n{done.stdout.decode(errors='replace')}")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def first_difference(a, b):
    if len(a) != len(b):
        return f"{len(a)} and {len(b)} bytes"
    return f"first at byte {next(i for i in range(len(a)) if a[i] != b[i])} of {len(a)}"


def check(case, espsecure, cloneproof, folder):
    """One case in both directions; returns what differs. Random bytes serve as ciphertext as well as plaintext."""
    path = lambda name: os.path.join(folder, f"{case['number']}-{name}")
    for name in ("key", "data"):
        with open(path(name), "wb") as file:
            file.write(case[name])
    wrong = []
    for direction in ("encrypt", "decrypt"):
        theirs, ours = path(direction + "-theirs"), path(direction + "-ours")
        common = ["--address", hex(case["address"])]
        run(espsecure, f"{direction}-flash-data", "--keyfile", path("key"), *common, *case["their_options"],
            "--output", theirs, path("data"))
        run(cloneproof, "flash", direction, "--chip", case["chip"], "--key", path("key"), *common,
            *case["our_options"], path("data"), ours)
        if read(theirs) != read(ours):
            where = first_difference(read(theirs), read(ours))
            options = " ".join(case["our_options"])
            wrong.append(f"{direction}: {case['chip']}, {len(case['key'])}-byte key, {options} "
                         f"address {case['address']:#x}: {where}")
    return wrong


def esp32_cases(source):
    """Every setting and key length, the default setting of both tools last; addresses all over the flash."""
    for config in [*range(16), None]:
        for key_length in (32, 24):
            length = BLOCK * source.randint(1, LONGEST // BLOCK)
            yield {"chip": "esp32", "address": BLOCK * source.randrange((FLASH_SIZE - length) // BLOCK),
                   "their_options": [] if config is None else ["--flash-crypt-conf", hex(config)],
                   "our_options": [] if config is None else ["--crypt-config", hex(config)],
                   "key": source.randbytes(key_length), "data": source.randbytes(length)}


def xts_cases(source):
    """Every chip and key length: a few blocks, which may lie inside of a unit of 128 bytes; many; and, once for each key
    length, more than a thread's share and the end of the address space. Half of the addresses lie in ordinary flash."""
    seen = set()
    for chip, key_lengths in XTS_CHIPS.items():
        for key_length in key_lengths:
            places = [(BLOCK * source.randint(1, most // BLOCK), source.choice([FLASH_SIZE, XTS_ADDRESSES]))
                      for most in (12 * BLOCK, LONGEST)]
            places = [(length, BLOCK * source.randrange((limit - length) // BLOCK)) for length, limit in places]
            if key_length not in seen:
                seen.add(key_length)
                places += [(XTS_LONG - XTS_LONG % BLOCK, BLOCK * source.randrange(FLASH_SIZE // BLOCK)),
                           (13 * BLOCK, XTS_ADDRESSES - 13 * BLOCK)]
            for length, address in places:
                yield {"chip": chip, "address": address, "their_options": ["--aes-xts"], "our_options": [],
                       "key": source.randbytes(key_length), "data": source.randbytes(length)}


def cases(source):
    made = [*esp32_cases(source), *xts_cases(source)]
    for number, case in enumerate(made):
        case["number"] = number
    return made


def main():
    espsecure, cloneproof = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int.from_bytes(os.urandom(8), "big")
    print(f"seed {seed}", flush=True)
    made = cases(random.Random(seed))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        try:
            results = list(pool.map(lambda case: check(case, espsecure, cloneproof, folder), made))
        except RuntimeError as error:
            print(error)
            return 1
    wrong = [line for result in results for line in result]
    for line in wrong:
        print(f"differs: {line}")
    size = sum(len(case["data"]) for case in made)
    print(f"{2 * len(made)} comparisons over {2 * size} bytes, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
