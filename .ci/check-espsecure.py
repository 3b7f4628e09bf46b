"""Compares `cloneproof flash encrypt|decrypt` with espsecure on random data, for every FLASH_CRYPT_CONFIG and both
key lengths. Usage: check-espsecure.py ESPSECURE CLONEPROOF [SEED]"""

import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

BLOCK = 16
FLASH_SIZE = 16 << 20
LONGEST = 20000


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
        config = ["--flash-crypt-conf", hex(case["config"])]
        run(espsecure, f"{direction}-flash-data", "--keyfile", path("key"), "--address", hex(case["address"]),
            *([] if case["default"] else config), "--output", theirs, path("data"))
        config = ["--crypt-config", hex(case["config"])]
        run(cloneproof, "flash", direction, "--chip", "esp32", "--key", path("key"), "--address",
            hex(case["address"]), *([] if case["default"] else config), path("data"), ours)
        if read(theirs) != read(ours):
            where = first_difference(read(theirs), read(ours))
            wrong.append(f"{direction}: {len(case['key'])}-byte key, FLASH_CRYPT_CONFIG {case['config']:#x}, "
                         f"address {case['address']:#x}: {where}")
    return wrong


def cases(source):
    """Every setting and key length, the default setting of both tools last; addresses all over the flash."""
    settings = [(config, False) for config in range(16)] + [(15, True)]
    made = []
    for config, default in settings:
        for key_length in (32, 24):
            length = BLOCK * source.randint(1, LONGEST // BLOCK)
            address = BLOCK * source.randrange((FLASH_SIZE - length) // BLOCK)
            made.append({"number": len(made), "config": config, "default": default, "address": address,
                         "key": source.randbytes(key_length), "data": source.randbytes(length)})
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
