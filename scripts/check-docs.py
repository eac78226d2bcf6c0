#!/usr/bin/env python3
"""Whether docs/ hangs together: links lead somewhere, the book has every page, the handbook every fault code, settings, metrics and
alerts are called as they are, and cases and handbook quote what the product says.

    scripts/check-docs.py
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SUMMARY = DOCS / "SUMMARY.md"
FAULTS = ROOT / "domain/src/fault"
# What is called so is described there.
NAMES = {
    r"\bFLOWTHROUGH_[A-Z_]*[A-Z]\b(?!_)": DOCS / "CONFIGURATION.md",
    r"\bflowthrough_[a-z_]*[a-z]\b(?!_)": DOCS / "MONITORING.md",
    r"\bFlowthrough[A-Z][A-Za-z]+\b": DOCS / "monitoring/alerts.yml",
}

wrong = []


def complain(place, what):
    wrong.append(f"{place.relative_to(ROOT)}: {what}")


def ours(*patterns):
    """What git knows of, or is about to."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).exists()]


def prose(page):
    """The page without its code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.M | re.S)


def links(page):
    """The addresses that a page leads to."""
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    return re.findall(r"\]\(([^()\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)


def anchors(page):
    """The names of a page's headings, as GitHub and mdBook make them."""
    headings = re.findall(r"^#{1,6} +(.+?) *$", prose(page), flags=re.M)
    slugs, seen = set(), {}
    for heading in headings:
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        slugs.add(f"{slug}-{count}" if count else slug)
    return slugs


def check_links(pages):
    for page in pages:
        for link in links(page):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists():
                complain(page, f"'{link}' leads nowhere")
            elif DOCS in page.parents and DOCS not in target.parents:
                complain(page, f"'{link}' leads out of the book")
            elif anchor and anchor not in anchors(target):
                complain(page, f"'{link}': no such heading")


def check_summary():
    listed = [(DOCS / link).resolve() for link in links(SUMMARY)]
    for page in sorted({page for page in listed if listed.count(page) > 1}):
        complain(SUMMARY, f"{page.name} is there twice")
    for file in ours("docs"):
        if file.suffix == ".md" and file != SUMMARY and file not in listed:
            complain(SUMMARY, f"{file.relative_to(DOCS)} is missing")


def texts(entry):
    """All texts of a dictionary."""
    return [text for value in entry.values() for text in texts(value)] if isinstance(entry, dict) else [str(entry)]


def check_handbook():
    """A section's heading is the code and what the catalogue says has happened."""
    areas = {file.stem: file for file in FAULTS.glob("*.rs")}
    for page in (DOCS / "handbook").glob("*.md"):
        if page.stem not in areas and page.name != "README.md":
            complain(page, "the catalogue has no such area")
    for area, file in areas.items():
        known = re.findall(r'\bcode: ([\d_]+),.*?\bcause: "((?:[^"\\]|\\.)*)"', file.read_text(), flags=re.S)
        known = {f"{code.replace('_', '')}: {cause}" for code, cause in known}
        page = DOCS / "handbook" / f"{area}.md"
        told = re.findall(r"^## (.+)$", page.read_text(), flags=re.M) if page.exists() else []
        for heading in sorted(known.difference(told)):
            complain(page, f"no section '{heading}'")
        for heading in sorted(set(told).difference(known)):
            complain(page, f"the catalogue has no '{heading}'")
        for heading in sorted({heading for heading in told if told.count(heading) > 1}):
            complain(page, f"two sections '{heading}'")


def check_quotations(pages):
    """What stands in “quotation marks” is the product's; … stands for what differs."""
    english = [json.loads(file.read_text()) for file in (ROOT / "app/locales/en").glob("*.json")]
    said = [text for dictionary in english for text in texts(dictionary)]
    for page in pages:
        for quotation in re.findall(r"“([^”]*)”", prose(page)):
            for part in " ".join(quotation.split()).split("…"):
                if not any(part.strip() in text for text in said):
                    complain(page, f"nobody says “{part.strip()}”")


def check_names(pages):
    for page in pages:
        for name, reference in NAMES.items():
            for used in sorted(set(re.findall(name, page.read_text())) - set(re.findall(name, reference.read_text()))):
                complain(page, f"{reference.name} knows no {used}")


def check_cases():
    pages = [page for page in sorted((DOCS / "cases").glob("*.md")) if page.name != "README.md"]
    linked = {(DOCS / "cases" / link).resolve() for link in links(DOCS / "cases/README.md")}
    for page in pages:
        for part in ["The user sees", "Why", "The user", "Support", "Shown by"]:
            if f"**{part}**" not in page.read_text():
                complain(page, f"no **{part}**")
        if page not in linked:
            complain(page, "the list of cases does not name it")
    check_quotations([*pages, *(DOCS / "handbook").glob("*.md")])


check_links(page for page in ours("*.md") if DOCS in page.parents or page.parent == ROOT)
check_names(ours("README.md", "docs/*.md"))
check_summary()
check_handbook()
check_cases()
for line in wrong:
    print(line, file=sys.stderr)
sys.exit(bool(wrong))
