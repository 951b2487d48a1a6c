#!/usr/bin/env python3
"""Checks which layer includes what (docs/decisions/0002-layers.md).

usage: check_layers.py ROOT        exit 0: clean, 1: violations, one a line
       check_layers.py --self-test the checker must find every planted violation
"""
import re
import sys
import tempfile
from pathlib import Path

# What each layer may include besides itself, everything below written out.
LAYERS = {
    "core": set(),
    "physics": {"core"},
    "preprocess": {"core"},
    "stats": {"core"},
    "io": {"core", "preprocess"},
    "ml": {"core"},
    "engine": {"core", "ml"},
    "libtorch": {"core", "ml"},
    "backends": {"core", "ml", "engine", "libtorch"},
}
LAYERS["config"] = {"core", "physics", "preprocess", "stats", "io", "ml", "backends"}
LAYERS["stages"] = LAYERS["config"] | {"config"}
# The executables choose the engine's instruction set and name it in --version.
LAYERS["apps"] = LAYERS["stages"] | {"stages", "engine"}

# Third party: header pattern, and the files that may include it (relative to the root).
THIRD_PARTY = [
    ("LibTorch", r"(torch|ATen|c10)/", r"src/libtorch/"),
    ("HDF5", r"(hdf5|H5\w*)\.h$", r"src/io/"),
    ("nlohmann_json", r"nlohmann/", r"src/config/\w+\.cpp$"),
    ("spdlog", r"(spdlog|fmt)/", r"src/core/log\.cpp$"),
    ("Highway", r"hwy/", r"src/(engine/|stats/sort\.cpp$)"),
    ("xxHash", r"xxhash\.h$", r"src/io/"),
    ("CLI11", r"CLI/", r"apps/"),
]
ONE_FILE_ONLY = {"nlohmann_json"}
STANDARD = re.compile(r"[a-z_]+$|(unistd|fcntl|signal|sched|dlfcn|immintrin)\.h$|sys/\w+\.h$")
# Types that would tie a public header to a third party even without an include.
FOREIGN_TYPES = re.compile(r"\b(torch|at|c10|nlohmann|spdlog|CLI|hwy)::|\bhid_t\b|\bherr_t\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(path):
    """Layer of a file, e.g. src/io/events.cpp -> io; None outside any layer."""
    parts = path.parts
    if parts[0] == "apps":
        return "apps"
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ("include", "lacathode") and len(parts) > 3:
        return parts[2]
    return None


def project_include_problem(layer, bracket, header):
    """Problem of including one of the project's own headers; None if there is none."""
    parts = header.split("/")
    if parts[0] == "lacathode" and len(parts) > 2:
        if bracket == "<":
            return f"<{header}>: the project's own headers are included with quotes"
        if parts[1] == layer or parts[1] in LAYERS[layer]:
            return None
        return f'"{header}": layer {layer} must not include layer {parts[1]}'
    if parts[0] in LAYERS and len(parts) > 1 and parts[0] != layer:
        return f'"{header}": a private header of layer {parts[0]}'
    return None


def third_party(header):
    return next((entry for entry in THIRD_PARTY if re.match(entry[1], header)), None)


def include_problem(path, layer, bracket, header):
    package = third_party(header)
    if package:
        name, _, allowed = package
        if not re.match(allowed, path.as_posix()):
            return f"{header}: {name} belongs in {allowed} only"
        return None
    if bracket == "<" and not header.startswith("lacathode/") and not STANDARD.match(header):
        return f"<{header}>: neither standard nor a third party that the layers know"
    return project_include_problem(layer, bracket, header)


def file_problems(root, path):
    """(problems of one file, names of the third parties it includes)"""
    layer = layer_of(path)
    if layer not in LAYERS:
        return [f"{path}: belongs to no known layer"], set()
    problems, packages = [], set()
    is_public = path.parts[0] == "include"
    for number, line in enumerate((root / path).read_text().splitlines(), start=1):
        found = INCLUDE.match(line)
        if found:
            problem = include_problem(path, layer, *found.groups())
            if problem:
                problems.append(f"{path}:{number}: {problem}")
            package = third_party(found.group(2))
            packages |= {package[0]} if package else set()
        elif is_public and FOREIGN_TYPES.search(line.split("//")[0]):
            problems.append(f"{path}:{number}: third-party type in a public header")
    return problems, packages


def check(root):
    """All violations under root, as text, one a line."""
    files = sorted(path.relative_to(root) for top in ("include", "src", "apps")
                   for path in (root / top).rglob("*") if path.suffix in (".hpp", ".cpp"))
    problems, users = [], {}
    for path in files:
        found, packages = file_problems(root, path)
        problems += found
        for package in packages:
            users.setdefault(package, []).append(str(path))
    for package in ONE_FILE_ONLY & users.keys():
        if len(users[package]) > 1:
            problems.append(f"{package} is included by more than one file: {', '.join(users[package])}")
    if not files:
        problems.append(f"{root}: no sources found")
    return problems


CLEAN = {
    "include/lacathode/core/errors.hpp": "#include <string>\n// not torch::Tensor\n",
    "include/lacathode/io/events.hpp": '#include "lacathode/core/errors.hpp"\n',
    "src/core/log.cpp": "#include <spdlog/spdlog.h>\n",
    "src/io/events.cpp": '#include <hdf5.h>\n#include "handles.hpp"\n#include "io/handles.hpp"\n'
                         '#include "lacathode/preprocess/feature_transform.hpp"\n',
    "src/config/json.cpp": '#include <nlohmann/json.hpp>\n#include "lacathode/stats/sic.hpp"\n',
    "src/engine/kernels.cpp": '#include <hwy/highway.h>\n#include "lacathode/ml/flow.hpp"\n',
    "src/libtorch/flow.cpp": "#include <torch/torch.h>\n",
    "apps/run.cpp": '#include <CLI/CLI.hpp>\n#include "lacathode/stages/run.hpp"\n',
}
PLANTED = [
    ("src/core/a.cpp", '#include "lacathode/io/events.hpp"'),
    ("src/physics/a.cpp", '#include "lacathode/preprocess/feature_transform.hpp"'),
    ("src/ml/a.cpp", '#include "lacathode/engine/engine.hpp"'),
    ("src/engine/a.cpp", '#include "lacathode/libtorch/libtorch.hpp"'),
    ("src/stages/a.cpp", '#include "lacathode/engine/engine.hpp"'),
    ("src/config/a.cpp", '#include "lacathode/stages/run.hpp"'),
    ("apps/a.cpp", '#include "lacathode/libtorch/libtorch.hpp"'),
    ("src/stages/a.cpp", '#include "io/handles.hpp"'),
    ("src/core/a.cpp", "#include <lacathode/core/errors.hpp>"),
    ("src/ml/a.cpp", "#include <torch/torch.h>"),
    ("src/stages/a.cpp", "#include <hdf5.h>"),
    ("src/stages/a.cpp", "#include <H5Fpublic.h>"),
    ("src/config/other.cpp", "#include <nlohmann/json.hpp>"),
    ("src/config/json.hpp", "#include <nlohmann/json_fwd.hpp>"),
    ("src/core/progress.cpp", "#include <spdlog/spdlog.h>"),
    ("src/core/progress.cpp", "#  include <fmt/format.h>"),
    ("src/ml/a.cpp", "#include <hwy/highway.h>"),
    ("src/stages/a.cpp", "#include <CLI/CLI.hpp>"),
    ("src/core/a.cpp", "#include <xxhash.h>"),
    ("src/stats/a.cpp", "#include <Eigen/Dense>"),
    ("include/lacathode/libtorch/a.hpp", "#include <torch/torch.h>"),
    ("include/lacathode/ml/a.hpp", "void f(const at::Tensor& x);"),
    ("include/lacathode/io/a.hpp", "hid_t open();"),
    ("src/misc/a.cpp", "#include <string>"),
]


def violations(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return check(Path(folder))


def self_test():
    failures = [f"clean tree: {problem}" for problem in violations(CLEAN)]
    failures += [f"not found: {name}: {line}" for name, line in PLANTED
                 if not any(name in found for found in violations({**CLEAN, name: line + "\n"}))]
    if not violations({}):
        failures.append("an empty tree passed")
    return failures


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    problems = self_test() if arguments[0] == "--self-test" else check(Path(arguments[0]))
    print("\n".join(problems) if problems else "layers: clean")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
