#!/usr/bin/env python3
"""Whether a list of components (scripts/sbom.py) says what is so: every crate that has left its name in a program, or in what browsers load,
which is part of it, is in the list, and everything in it hangs together with Cargo.lock.

    scripts/check-sbom.py SBOM PROGRAM
"""

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Where a panic comes from stands in a program, with the folder of the crate.
CRATE = re.compile(rb"registry/src/[^/\0]+/([A-Za-z][\w-]*?)-(\d+\.\d+\.\d[\w.+-]*)/")


def named(program):
    return {f"pkg:cargo/{name.decode()}@{version.decode()}" for name, version in CRATE.findall(program.read_bytes())}


def main(bom, program):
    components = {c["bom-ref"]: c for c in bom["components"]}
    shipped = {ref for ref, c in components.items() if c["scope"] == "required"}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {f"pkg:cargo/{p['name']}@{p['version']}": p["checksum"] for p in lock if "checksum" in p}
    crates = {ref: c for ref, c in components.items() if ref.startswith("pkg:cargo/")}

    wrong = []
    if len(components) != len(bom["components"]):
        wrong.append("a component is there twice")
    found = named(program)
    wrong += [f"{program.name} has {crate}, which is not listed as shipped" for crate in sorted(found - shipped)]
    if not found:
        wrong.append("the program names no crate")
    wrong += [f"{ref} is not in Cargo.lock" for ref in crates if ref not in checksums]
    wrong += [f"{ref} has another checksum" for ref, c in crates.items() if c["hashes"][0]["content"] != checksums.get(ref)]
    wrong += [f"{ref} has no licence" for ref, c in components.items() if not c["licenses"]]
    known = {*components, bom["metadata"]["component"]["bom-ref"]}
    wrong += [f"{e['ref']} depends on {d}, which is not listed" for e in bom["dependencies"] for d in e["dependsOn"] if d not in known]
    wrong += [f"nothing depends on {ref}" for ref in components if not any(ref in e["dependsOn"] for e in bom["dependencies"])]

    print(f"{len(components)} components, {len(shipped)} of them shipped; the program names {len(found)}")
    sys.exit("\n".join(wrong) or 0)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
