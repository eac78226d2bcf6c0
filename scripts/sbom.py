#!/usr/bin/env python3
"""What a build consists of, as CycloneDX 1.5: the server's crates and those of what browsers load, with licence, source and checksum.

    scripts/sbom.py TARGET [--demo] > flowthrough.cdx.json

TARGET is the machine the server is built for; --demo lists a build with the demo. A crate that ends up in no program (macros, build
scripts and what they need) has the scope `excluded`. Of the same Cargo.lock and commit the list is the same.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WASM = "wasm32-unknown-unknown"
BROWSER = ["-p", "portal-frontend", "-p", "hub-frontend", "--target", WASM]
LINE = re.compile(r"(\d+) (\S+) v(\S+)")


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments, "--locked"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def tree(what, edges):
    """Each package with those that it depends on, both as name and version: features and targets as Cargo resolves them for this build."""
    found, above = {}, []
    for depth, *package in LINE.findall(cargo("tree", *what, "--edges", edges, "--prefix", "depth", "--format", " {p}")):
        package, depth = tuple(package), int(depth)
        found.setdefault(package, set())
        if depth:
            found[above[depth - 1]].add(package)
        above[depth:] = [package]
    return found


def sqlite(packages):
    """The C library that a crate brings along: advisories know it by its own name."""
    source = next(Path(p["manifest_path"]).parent for p in packages.values() if p["name"] == "libsqlite3-sys")
    version = re.search(r'#define SQLITE_VERSION\s+"(.*)"', (source / "sqlite3/sqlite3.h").read_text())[1]
    return {
        "type": "library",
        "bom-ref": f"pkg:generic/sqlite@{version}",
        "name": "sqlite",
        "version": version,
        "scope": "required",
        "licenses": [{"expression": "blessing"}],
        "cpe": f"cpe:2.3:a:sqlite:sqlite:{version}:*:*:*:*:*:*:*",
        "purl": f"pkg:generic/sqlite@{version}",
    }


def reference(package, packages):
    name, version = package
    return f"pkg:{'cargo' if packages[package]['source'] else 'generic'}/{name}@{version}"


def component(package, packages, checksums, scope):
    about = packages[package]
    described = {
        "type": "library",
        "bom-ref": reference(package, packages),
        "name": package[0],
        "version": package[1],
        "scope": scope,
        # Before SPDX there was a slash.
        "licenses": [{"expression": about["license"].replace("/", " OR ")}],
        "purl": reference(package, packages),
    }
    if package in checksums:
        described["hashes"] = [{"alg": "SHA-256", "content": checksums[package]}]
    if about["repository"]:
        described["externalReferences"] = [{"type": "vcs", "url": about["repository"]}]
    return described


def main(target, demo):
    server = ["-p", "server", "--target", target, *([] if demo else ["--no-default-features"])]
    depends = {}
    for part in (server, BROWSER):
        for package, on in tree(part, "normal,build").items():
            depends.setdefault(package, set()).update(on)
    shipped = {package for part in (server, BROWSER) for package in tree(part, "normal,no-proc-macro")}

    metadata = json.loads(cargo("metadata", "--format-version", "1", "--all-features", "--filter-platform", target, "--filter-platform", WASM))
    packages = {(p["name"], p["version"]): p for p in metadata["packages"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(p["name"], p["version"]): p["checksum"] for p in lock if "checksum" in p}
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]

    embedded = sqlite(packages)
    components = [component(p, packages, checksums, "required" if p in shipped else "excluded") for p in sorted(depends)]
    edges = {reference(p, packages): sorted(reference(d, packages) for d in on) for p, on in depends.items()}
    edges[next(ref for ref in edges if "/libsqlite3-sys@" in ref)].append(embedded["bom-ref"])
    product = f"pkg:generic/flowthrough@{version}"
    edges[product] = [reference((name, version), packages) for name in ("hub-frontend", "portal-frontend", "server")]

    moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or 0), timezone.utc)
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": product,
                "name": "flowthrough",
                "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
                "purl": product,
            },
        },
        "components": [*components, embedded],
        "dependencies": [{"ref": ref, "dependsOn": edges[ref]} for ref in sorted(edges)],
    }
    bom["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(bom)).urn
    json.dump(bom, sys.stdout, indent=1)
    print()


if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--demo"]):
    sys.exit(__doc__)
main(sys.argv[1], "--demo" in sys.argv)
