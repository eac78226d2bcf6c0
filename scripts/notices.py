#!/usr/bin/env python3
"""The licences of what a build consists of, as their texts ask to be passed on with it: each text once, under the crates that come with it.

    scripts/notices.py TARGET SBOM > NOTICES.txt

SBOM is the list of components (scripts/sbom.py) for that TARGET; of it what is in a program counts. A crate without a text of its own stands at the end, with what
its author declares.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = re.compile(r"(licen[cs]e|copying|notice|unlicense|copyright)", re.IGNORECASE)
SOURCE = {".rs", ".c", ".h", ".js", ".py", ".toml", ".json", ".html"}
RULE = "-" * 100


def sources(target):
    """Where Cargo keeps each crate."""
    platforms = ["--filter-platform", target, "--filter-platform", "wasm32-unknown-unknown"]
    arguments = ["cargo", "metadata", "--format-version", "1", "--all-features", "--locked", *platforms]
    packages = json.loads(subprocess.run(arguments, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)["packages"]
    return {f"pkg:cargo/{p['name']}@{p['version']}": Path(p["manifest_path"]).parent for p in packages}


def texts(folder):
    """Those of the crate, and of what it brings along."""
    files = sorted(f for f in folder.rglob("*") if TEXT.match(f.name) and f.suffix not in SOURCE and f.is_file())
    return [f.read_text(errors="replace").strip() for f in files]


def main(target, bom):
    folders, crates, bare = sources(target), {}, []
    for component in bom["components"]:
        if component["scope"] != "required" or component["bom-ref"] not in folders:
            continue
        name = f"{component['name']} {component['version']}"
        found = texts(folders[component["bom-ref"]])
        for text in found:
            # The same words, however they are broken into lines.
            crates.setdefault(" ".join(text.split()), (text, []))[1].append(name)
        if not found:
            bare.append(f"{name}: {component['licenses'][0]['expression']}")
    for text, names in crates.values():
        print(RULE, ", ".join(names), "", text, "", sep="\n")
    print(RULE, "Without a text of their own:", "", *bare, sep="\n")


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
