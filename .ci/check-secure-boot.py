"""Compares `cloneproof sign`, `verify`, `digest-bootloader` and `key` with espsecure on random images: what one signs the
other verifies, for every scheme of secure boot v1 and v2, and both refuse what was changed; digests, public keys and all
that is deterministic are equal byte for byte.
Usage: check-secure-boot.py ESPSECURE CLONEPROOF [SEED]"""

import hashlib
import os
import random
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives import serialization

SCHEMES = ["rsa3072", "ecdsa192", "ecdsa256", "ecdsa384"]
ROUNDS = 3
SECTOR = 4096
BLOCK = 1216
LONGEST = 60000
# Where a changed bit must be noticed, by scheme: in the signature sector, from the block's start to the signature's end.
SIGNATURE_END = {"rsa3072": 1196, "ecdsa192": 149, "ecdsa256": 165, "ecdsa384": 245}


class Wrong(Exception):
    """A difference between the two."""


class Bench:
    """The two tools, a folder, and the number of comparisons."""

    def __init__(self, espsecure, cloneproof, folder, name, seed):
        self.espsecure, self.cloneproof = espsecure, cloneproof
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.source = random.Random(f"{seed} {name}")
        self.name, self.count = name, 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run(self, *command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode(errors="replace")

    def must(self, what, *command):
        self.count += 1
        code, text = self.run(*command)
        if code != 0:
            raise Wrong(f"{what}: ended with {code}:\n{text}")
        return text

    def must_not(self, what, codes, *command):
        self.count += 1
        code, text = self.run(*command)
        if code not in codes:
            raise Wrong(f"{what}: ended with {code}:\n{text}")

    def theirs(self, what, *arguments):
        return self.must(f"espsecure: {what}", self.espsecure, *arguments)

    def ours(self, what, *arguments):
        return self.must(f"cloneproof: {what}", self.cloneproof, *arguments)

    def same(self, what, a, b):
        self.count += 1
        if a != b:
            raise Wrong(f"{what} differ: {len(a)} and {len(b)} bytes")

    def key(self, scheme, name, by_us):
        path = self.path(name)
        if by_us:
            self.ours(f"generate {scheme}", "key", "generate", "--scheme", scheme, path)
        else:
            self.theirs(f"generate {scheme}", "generate-signing-key", "--version", "2", "--scheme", scheme, path)
        return path

    def image(self, chip_id=0):
        """Random bytes, or an image of one or two segments, with or without a hash."""
        if self.source.random() < 0.4:
            return b"\x00" + self.source.randbytes(self.source.randint(1, LONGEST))
        return app_image(self.source, chip_id)


def app_image(source, chip_id=0):
    hashed, segments = source.random() < 0.7, source.randint(1, 2)
    image = struct.pack("<BBBBI4xH9xB", 0xE9, segments, 2, 0x20, 0x40080400, chip_id, hashed)
    check = 0xEF
    for number in range(segments):
        data = source.randbytes(4 * source.randint(1, LONGEST // 8))
        image += struct.pack("<II", 0x40080000 + number * 0x10000, len(data)) + data
        for byte in data:
            check ^= byte
    image += bytes(15 - len(image) % 16) + bytes([check])
    return image + hashlib.sha256(image).digest() if hashed else image


def flipped(source, data, start, end):
    at = source.randrange(start, end)
    changed = bytearray(data)
    changed[at] ^= 1 << source.randrange(8)
    return bytes(changed)


def both_verify(bench, what, key, signed):
    bench.theirs(what, "verify-signature", "--version", "2", "--keyfile", key, signed)
    bench.ours(what, "verify", "--version", "2", "--key", key, signed)


def both_refuse(bench, what, version, key, signed):
    bench.must_not(f"espsecure: {what}", [1, 2], bench.espsecure, "verify-signature", "--version", version,
                   "--keyfile", key, signed)
    bench.must_not(f"cloneproof: {what}", [1, 2], bench.cloneproof, "verify", "--version", version, "--key", key, signed)


def check_key(bench, scheme, key):
    """Digest and public key, from the private key, from PKCS#8 and from the public key."""
    bench.theirs("digest", "digest-sbv2-public-key", "--keyfile", key, "--output", bench.path("digest"))
    bench.theirs("public key", "extract-public-key", "--version", "2", "--keyfile", key, bench.path("theirs.pub"))
    bench.ours("public key", "key", "public", key, "--out", bench.path("ours.pub"), "--force")
    bench.same(f"{scheme} public keys", bench.read("theirs.pub"), bench.read("ours.pub"))
    private = serialization.load_pem_private_key(bench.read(os.path.basename(key)), password=None)
    bench.write("pkcs8.pem", private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                   serialization.NoEncryption()))
    for form in (key, bench.path("pkcs8.pem"), bench.path("theirs.pub")):
        digest = bench.ours("digest", "key", "digest", form)
        bench.same(f"{scheme} key digests", bytes.fromhex(digest), bench.read("digest"))
    return digest.strip()


def check_scheme(bench, scheme, number):
    """One key of a scheme, signed and verified both ways."""
    key, other = bench.key(scheme, "key.pem", number % 2 == 0), bench.key(scheme, "other.pem", number % 2 == 1)
    digest = check_key(bench, scheme, key)
    image = bench.image()
    plain = bench.write("plain.bin", image)
    theirs, ours = bench.path("theirs.bin"), bench.path("ours.bin")
    bench.theirs("sign", "sign-data", "--version", "2", "--keyfile", key, "--output", theirs, plain)
    bench.ours("sign", "sign", "--version", "2", "--key", key, "--out", ours, plain)
    bench.ours("sign again", "sign", "--version", "2", "--key", key, "--out", bench.path("again.bin"), plain)
    bench.same("the same image signed twice", bench.read("ours.bin"), bench.read("again.bin"))
    padded = len(bench.read("ours.bin")) - SECTOR
    # All but signature and CRC is equal: layout, padding, digest and public key.
    start = {"rsa3072": 812, "ecdsa192": 101, "ecdsa256": 101, "ecdsa384": 149}[scheme]
    bench.same("blocks", bench.read("ours.bin")[:padded + start], bench.read("theirs.bin")[:padded + start])
    bench.same("sectors", bench.read("ours.bin")[padded + BLOCK - 16:], bench.read("theirs.bin")[padded + BLOCK - 16:])
    for signed in (theirs, ours):
        both_verify(bench, f"verify {scheme}", key, signed)
        both_verify(bench, f"verify {scheme}, public key", bench.path("theirs.pub"), signed)
        both_refuse(bench, f"{scheme}, another key", "2", other, signed)
        data = bench.read(os.path.basename(signed))
        # From behind the header of an image on: elsewhere than in its structure.
        changed = bench.write("changed.bin", flipped(bench.source, data, 0, padded))
        both_refuse(bench, f"{scheme}, image changed", "2", key, changed)
        changed = bench.write("changed.bin", flipped(bench.source, data, padded, padded + SIGNATURE_END[scheme]))
        both_refuse(bench, f"{scheme}, signature changed", "2", key, changed)
        info = bench.theirs("info", "signature-info-v2", signed).replace(" ", "").replace("\n", "")
        shown = bench.ours("info", "image", "signatures", signed)
        if digest not in info or digest not in shown:
            raise Wrong(f"{scheme}: a key digest is not shown")


def check_several(bench, number, schemes):
    """Three signatures, at once and one after the other by turns of the two tools. espsecure 5.6 ends with a traceback where
    a block is of another scheme than the key that it verifies with: with mixed schemes it is asked for the digests alone."""
    keys = [bench.key(scheme, f"{n}.pem", (n + number) % 2 == 0) for n, scheme in enumerate(schemes)]
    plain = bench.write("plain.bin", bench.image())
    all_keys = [word for key in keys for word in ("--key", key)]
    bench.ours("three keys", "sign", "--version", "2", *all_keys, "--out", bench.path("at-once.bin"), plain)
    step = plain
    for n, key in enumerate(keys):
        append = ["--append-signatures"] if n else []
        after = bench.path(f"step-{n}.bin")
        if (n + number) % 2:
            bench.theirs("append", "sign-data", "--version", "2", *append, "--keyfile", key, "--output", after, step)
        else:
            bench.ours("append", "sign", "--version", "2", *append, "--key", key, "--out", after, step)
        step = after
    for signed in (bench.path("at-once.bin"), step):
        info = bench.theirs("info", "signature-info-v2", signed).replace(" ", "").replace("\n", "")
        for key in keys:
            if len(set(schemes)) == 1:
                both_verify(bench, f"three signatures {schemes}", key, signed)
            else:
                bench.ours(f"three signatures {schemes}", "verify", "--version", "2", "--key", key, signed)
            if bench.ours("digest", "key", "digest", key).strip() not in info:
                raise Wrong(f"{schemes}: a key digest is not in the signed image")
    bench.must_not("cloneproof: a fourth", [2], bench.cloneproof, "sign", "--version", "2", "--append-signatures",
                   "--key", keys[0], "--out", bench.path("fourth.bin"), step)
    bench.must_not("espsecure: a fourth", [2], bench.espsecure, "sign-data", "--version", "2", "--append-signatures",
                   "--keyfile", keys[0], "--output", bench.path("fourth.bin"), step)


def check_v1_app(bench, number):
    key, other = bench.key("ecdsa256", "key.pem", number % 2 == 0), bench.key("ecdsa256", "other.pem", True)
    plain = bench.write("plain.bin", bench.image())
    theirs, ours = bench.path("theirs.bin"), bench.path("ours.bin")
    bench.theirs("sign v1", "sign-data", "--version", "1", "--keyfile", key, "--output", theirs, plain)
    bench.ours("sign v1", "sign", "--version", "1", "--key", key, "--out", ours, plain)
    bench.same("apps signed for v1", bench.read("ours.bin"), bench.read("theirs.bin"))
    bench.theirs("public key v1", "extract-public-key", "--version", "1", "--keyfile", key, bench.path("theirs.pub"))
    bench.ours("public key v1", "key", "public", "--version", "1", key, "--out", bench.path("ours.pub"))
    bench.same("public keys v1", bench.read("ours.pub"), bench.read("theirs.pub"))
    for form in (key, bench.path("theirs.pub")):
        bench.theirs("verify v1", "verify-signature", "--version", "1", "--keyfile", form, ours)
        bench.ours("verify v1", "verify", "--version", "1", "--key", form, theirs)
    both_refuse(bench, "v1, another key", "1", other, ours)
    data = bench.read("ours.bin")
    for start, end in ((0, len(data) - 68), (len(data) - 68, len(data))):
        changed = bench.write("changed.bin", flipped(bench.source, data, start, end))
        both_refuse(bench, "v1, changed", "1", key, changed)


def check_v1_bootloader(bench, number):
    key = bench.write("key.bin", bench.source.randbytes(24 if number % 2 else 32))
    iv = bench.write("iv.bin", bench.source.randbytes(128))
    plain = bench.write("plain.bin", app_image(bench.source))
    theirs, ours = bench.path("theirs.bin"), bench.path("ours.bin")
    bench.theirs("digest", "digest-secure-bootloader", "--keyfile", key, "--iv", iv, "--output", theirs, plain)
    bench.ours("digest", "digest-bootloader", "--key", key, "--iv", iv, "--out", ours, plain)
    bench.same("digested bootloaders", bench.read("ours.bin"), bench.read("theirs.bin"))
    bench.theirs("digest", "digest-secure-bootloader", "--keyfile", key, "--output", theirs, plain)
    bench.ours("verify digest", "verify", "--version", "1", "--digest-key", key, theirs)
    # The digest covers all from the bootloader's header on, and the initial value.
    data = bench.read("theirs.bin")
    for start, end in ((0, 192), (0x1000 + 32, len(data))):
        changed = bench.write("changed.bin", flipped(bench.source, data, start, end))
        bench.must_not("cloneproof: digest, changed", [1, 2], bench.cloneproof, "verify", "--version", "1",
                       "--digest-key", key, changed)


def cases():
    for number in range(ROUNDS):
        for scheme in SCHEMES:
            yield f"{scheme}-{number}", lambda bench, s=scheme, n=number: check_scheme(bench, s, n)
        yield f"mixed-{number}", lambda bench, n=number: check_several(bench, n, bench.source.sample(SCHEMES, 3))
        yield f"v1-app-{number}", lambda bench, n=number: check_v1_app(bench, n)
    for number, scheme in enumerate(SCHEMES):
        yield f"several-{scheme}", lambda bench, n=number, s=scheme: check_several(bench, n, [s] * 3)
    for number in range(4 * ROUNDS):
        yield f"v1-bootloader-{number}", lambda bench, n=number: check_v1_bootloader(bench, n)


def main():
    espsecure, cloneproof = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int.from_bytes(os.urandom(8), "big")
    print(f"seed {seed}", flush=True)
    total, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:

        def one(case):
            name, check = case
            bench = Bench(espsecure, cloneproof, folder, name, seed)
            try:
                check(bench)
            except Wrong as error:
                return bench.count, f"{name}: {error}"
            return bench.count, None

        for count, error in pool.map(one, cases()):
            total += count
            if error:
                wrong.append(error)
    for error in wrong:
        print(f"differs: {error}")
    print(f"{total} comparisons, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
