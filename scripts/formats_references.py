"""The references of `benches/formats.rs`: pygfried (Siegfried) or fido, over a list of files.

Usage: formats_references.py pygfried|fido LIST ROUNDS
One line a file: path, PUIDs (comma separated, none when unknown). Then `# processor seconds of one round`, reading included, what
the tool loads first left out, and `# version`. Fido is a command: its loading is measured on no file, and taken off.
"""

import resource
import subprocess
import sys
import time


def pygfried(paths, rounds):
    import pygfried as tool

    tool.identify_many(paths[:1], workers=1)
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        found = tool.identify_many(paths, workers=1)
        spent.append(time.process_time() - began)
    for file in found["files"]:
        ids = [match["id"] for match in file["matches"] if match["id"] != "UNKNOWN"]
        print(file["filename"], ",".join(ids), sep="\t")
    return min(spent), f"Siegfried {tool.version()}, {found['identifiers'][0]['details']}"


def fido(paths, _rounds):
    def run(lines):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = subprocess.run(
            [sys.executable, "-m", "fido.fido", "-q", "-input", "-",
             "-matchprintf", "%(info.filename)s\t%(info.puid)s\n", "-nomatchprintf", "%(info.filename)s\t\n"],
            input="".join(line + "\n" for line in lines), capture_output=True, text=True, errors="surrogateescape")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return told.stdout, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)

    _, loading = run([])
    told, spent = run(paths)
    found = {}
    for line in told.splitlines():
        path, tab, puid = line.partition("\t")
        if tab:
            found.setdefault(path, []).extend([puid] if puid else [])
    for path, puids in found.items():
        print(path, ",".join(dict.fromkeys(puids)), sep="\t")
    from fido import __version__
    return spent - loading, f"fido {__version__}"


if __name__ == "__main__":
    tool, listed, rounds = sys.argv[1:4]
    with open(listed, encoding="utf-8") as lines:
        paths = lines.read().splitlines()
    spent, version = {"pygfried": pygfried, "fido": fido}[tool](paths, int(rounds))
    print(f"# {spent:.6f}")
    print(f"# {version}")
