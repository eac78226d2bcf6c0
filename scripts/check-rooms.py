#!/usr/bin/env python3
"""Whether the house stands: no circle of files or rooms of the server, or of files of the app, no screen of the hub that
another one imports, and the database's crate in the store alone.

    scripts/check-rooms.py

Reads the `use` lines and paths of the production code. A file and what stands in its folder are one room, and know each other.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Arrows that go up, each with its reason: a circle is one without them. One that is gone has to go from here, too.
KNOWN = {
    "server: store::tenant -> *": "a tenant is made from each row that proves one, and rows are asked for by tenant",
    "server: store::work -> *": "a unit of work writes history and audit with what it changes, and hands its task over",
    "server: store::administrator -> store::assignment": "whether somebody still may is read with their customers",
    "server: store::customer -> store::directory_sync": "a list of customers comes with their directories",
    "server: store -> access::throttle::memory": "a store carries what its server remembers of tries",
    "server: targets::breaker -> store::task": "the mail server is spared as a target is, by the name that tasks give it",
    "server rooms: store -> access": "the same",
    "server rooms: store -> handover": "the same: a unit of work hands its task over",
    "server rooms: store -> metrics": "each call to a database is counted",
}
wrong = []


def sources(crate):
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", f"{crate}/src/*.rs"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(ROOT / name for name in names.split("\0") if name and (ROOT / name).exists())


def production(file):
    """The code without comments, texts and tests."""
    text = re.sub(r"^\s*//.*$", "", file.read_text(), flags=re.M)
    text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    return re.split(r"^#\[cfg\((?:test|all\(test)[^\n]*\n(?:#[^\n]*\n)*mod \w+ \{", text, flags=re.M)[0]


def leaves(tree):
    """The paths of a use tree: `a::{b, c::{d, self}}` is a::b, a::c::d and a::c."""
    tree = tree.strip()
    opened = tree.find("{")
    if opened < 0:
        yield tree.split(" as ")[0].strip()
        return
    before, inside = tree[:opened], tree[opened + 1 : tree.rindex("}")]
    depth, part = 0, ""
    for letter in inside + ",":
        if letter == "," and depth == 0:
            if part.strip():
                for leaf in leaves(part):
                    yield before + leaf
            part = ""
            continue
        depth += (letter == "{") - (letter == "}")
        part += letter


class Crate:
    def __init__(self, name):
        self.base = ROOT / name / "src"
        self.modules = {}
        for file in sources(name):
            path = file.relative_to(self.base).with_suffix("").parts
            path = path[:-1] if path[-1] in ("mod", "lib") else path
            if path != ("main",):
                self.modules[path] = file
            # Tests and fuzzing look at everything.
            if {"tests", "fuzzing"} & set(path):
                del self.modules[path]
        self.seen = {}

    def target(self, path):
        """The file in which a path leads, through what is re-exported there by name."""
        found = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self.modules), None)
        if found is None or len(found) == len(path):
            return found
        return self.exports(found).get(path[len(found)], found)

    def exports(self, module):
        if module not in self.seen:
            self.seen[module] = {}
            text = production(self.modules[module])
            for tree in re.findall(r"^pub(?:\([^)]*\))? use ([^;]+);", text, flags=re.M):
                for leaf in leaves(re.sub(r"\s+", " ", tree)):
                    path = self.absolute(module, leaf.split("::"))
                    target = path and self.target(path)
                    if target:
                        self.seen[module][leaf.split("::")[-1]] = target
        return self.seen[module]

    def absolute(self, module, parts):
        if parts[0] == "crate":
            path = tuple(parts[1:])
        elif parts[0] in ("self", "super"):
            path = module
            while parts and parts[0] in ("self", "super"):
                path = path[:-1] if parts[0] == "super" else path
                parts = parts[1:]
            path += tuple(parts)
        elif (*module, parts[0]) in self.modules:
            path = (*module, *parts)
        else:
            return None
        return tuple(part for part in path if part != "self")

    def uses(self, module):
        text = production(self.modules[module])
        paths = set()
        for tree in re.findall(r"^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);", text, flags=re.M):
            paths.update(leaves(re.sub(r"\s+", " ", tree)))
        paths.update(re.findall(r"\b(?:crate|super)(?:::\w+)+", text))
        for path in paths:
            absolute = self.absolute(module, path.split("::"))
            target = absolute and self.target(absolute)
            if target and target != module:
                yield target

    def graph(self):
        """Who uses whom, without what a file and its own folder have of each other."""
        return {
            module: {used for used in self.uses(module) if used[: len(module)] != module and module[: len(used)] != used}
            for module in self.modules
        }


def circles(graph):
    """The strongly connected parts of more than one node (Tarjan)."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            part = []
            while True:
                part.append(stack.pop())
                if part[-1] == node:
                    break
            if len(part) > 1:
                found.append(sorted(part))

    sys.setrecursionlimit(10_000)
    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def rooms(graph):
    of_rooms = {}
    for module, used in graph.items():
        if module:
            of_rooms.setdefault(module[:1], set()).update(other[:1] for other in used if other[:1] != module[:1])
    return of_rooms


def report(where, graph):
    """Complains of each circle that is there without the known arrows, and of those that are there no more."""
    arrows = {(a, b): f"{where}: {'::'.join(a)} -> " for a in graph for b in graph[a]}
    known = {arrow for arrow, begins in arrows.items() if {begins + "*", begins + "::".join(arrow[1])} & KNOWN.keys()}
    used.update({arrows[arrow] + "*" for arrow in known} | {arrows[arrow] + "::".join(arrow[1]) for arrow in known})
    left = {a: {b for b in graph[a] if (a, b) not in known} for a in graph}
    for circle in circles(left):
        within = [f"{'::'.join(a)} -> {'::'.join(b)}" for a in circle for b in sorted(left[a]) if b in circle]
        wrong.append("\n  ".join([f"{where}: a circle", *within]))


used = set()
server, app = Crate("server").graph(), Crate("app").graph()
report("server", server)
report("server rooms", rooms(server))
report("app", app)
routes = ("hub", "routes")
screens = {used[:2] for used in app[routes] if used[0] == "hub"}
for module in sorted(set(app) - {routes}):
    for other in sorted(app[module]):
        if other[:2] in screens and other[:2] != module[:2]:
            wrong.append(f"app: {'::'.join(module)} imports the screen {'::'.join(other)}")
for file in sources("server"):
    if "store" not in file.relative_to(ROOT / "server/src").parts[:1]:
        for number, line in enumerate(production(file).splitlines(), 1):
            if re.search(r"\b(sea_orm|sqlx|execute_unprepared|(?:query_one|query_all|execute)_raw)\b", line):
                wrong.append(f"{file.relative_to(ROOT)}: asks the database beside the store: {line.strip()}")
wrong += [f"{arrow}: known, and not there" for arrow in KNOWN if arrow not in used]
print("\n".join(wrong), end="\n" if wrong else "")
sys.exit(bool(wrong))
