#!/usr/bin/env python3
"""Checks which layer, and folder of the stages, includes what, and that no name is defined twice (docs/decisions/0002-layers.md).

usage: check_layers.py ROOT        exit 0: clean, 1: violations, one a line
       check_layers.py --self-test the checker must find every planted violation
"""
import re
import sys
import tempfile
from pathlib import Path

# What each layer may include besides itself, everything written out. No edge that nobody uses.
LAYERS = {
    "core": set(),
    "config": {"core"},
    "physics": {"core"},
    "preprocess": {"core"},
    "stats": {"core"},
    "io": {"core"},
    "ml": {"core"},
    "engine": {"core", "ml"},
    "libtorch": {"core", "ml"},
    "models": {"core", "io", "preprocess", "ml", "engine", "libtorch"},
    "stages": {"core", "config", "io", "physics", "stats", "ml", "models"},
    "workflow": {"core", "config", "io", "stages"},
    "apps": {"core", "config", "stages", "workflow"},
}

# Folders of the stages: each may include those before it. Stages, and folders named after one, may include all of them.
STAGE_FOLDERS = ["frame", "events", "search", "metrics"]

# Third party: header pattern, and the files that may include it (relative to the root).
THIRD_PARTY = [
    ("LibTorch", r"(torch|ATen|c10)/|cuda_(runtime_api|pipeline)\.h$", r"src/libtorch/"),
    ("HDF5", r"(hdf5|H5\w*)\.h$", r"src/io/"),
    ("nlohmann_json", r"nlohmann/", r"src/config/json\w*\.cpp$"),
    ("spdlog", r"(spdlog|fmt)/", r"src/core/log\.cpp$"),
    ("Highway", r"hwy/", r"src/(engine/|stats/sort\.cpp$)"),
    ("xxHash", r"xxhash\.h$", r"src/io/"),
    ("zlib", r"zlib\.h$", r"src/io/tables/"),
    ("CLI11", r"CLI/", r"apps/"),
]
STANDARD = re.compile(r"[a-z_]+$|(unistd|fcntl|poll|signal|sched|dlfcn|glob|fnmatch|immintrin)\.h$|sys/\w+\.h$")
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


def stage_folder(parts):
    """Folder of the layer stages that a path or header lies in: "" right in it, None outside the layer."""
    if "stages" not in parts[:3] or parts[0] == "tests":
        return None
    inside = parts[parts.index("stages") + 1:]
    return inside[0] if len(inside) > 1 else ""


def stage_order_problem(path, header):
    """Problem of a piece that several stages share including what is built on it; None if there is none."""
    folder, included = stage_folder(path.parts), stage_folder(tuple(header.split("/")))
    if folder not in STAGE_FOLDERS or included is None:
        return None
    if included in STAGE_FOLDERS[:STAGE_FOLDERS.index(folder) + 1]:
        return None
    return f'"{header}": stages/{folder} must not include stages/{included}'


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
    return project_include_problem(layer, bracket, header) or stage_order_problem(path, header)


def edge(layer, header):
    """The other layer that a header of the project belongs to; None if it is none."""
    parts = header.split("/")
    if parts[0] == "lacathode" and len(parts) > 2 and parts[1] != layer:
        return parts[1]
    return None


COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\'|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.S | re.M)
NAMESPACE = re.compile(r"(?:inline\s+)?namespace\s*([\w:]*)\s*$")
TYPE = re.compile(r"(?:class|struct|union|enum(?:\s+class)?)\s+(?:alignas\([^)]*\)\s*)?(\w+)(?:\s+final)?\s*(?::[^:].*)?$", re.S)
CONSTANT = re.compile(r"(?:inline\s+|static\s+)*constexpr\s[^=(]*?\b(\w+)(?:\[\w*\])?\s*=")


def definitions(text):
    """(qualified name, line) of the types and constants that a file defines at namespace scope, outside unnamed
    namespaces."""
    code = COMMENT_OR_TEXT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    scopes = []  # of each open brace: the namespace, None for any other block
    begin = 0
    for found in re.finditer(r"[{};]", code):
        head = code[begin:found.start()].strip()
        begin = found.end()
        if found[0] == "}":
            if scopes:
                scopes.pop()
            continue
        named = all(scope for scope in scopes)
        line = code.count("\n", 0, found.start()) + 1
        prefix = "::".join(scope for scope in scopes if scope)
        constant = CONSTANT.match(head) if named else None
        if constant:
            yield f"{prefix}::{constant[1]}", line
        if found[0] == ";":
            continue
        namespace = NAMESPACE.match(head)
        kind = TYPE.search(head) if not namespace and "(" not in head else None
        if kind and named and not head.startswith("template <>"):
            yield f"{prefix}::{kind[1]}", line
        scopes.append((namespace[1] or None) if namespace else None)


def double_definitions(root, files):
    """Names that are defined in two places: in one program they are one name, and the linker keeps one of the two."""
    places = {}
    for path in files:
        for name, line in definitions((root / path).read_text()):
            places.setdefault(name, []).append(f"{path}:{line}")
    return [f"{' and '.join(found)}: {name} is defined more than once"
            for name, found in sorted(places.items())
            if len({place.split(":")[0] for place in found}) > 1]  # in one file they are alternatives


def file_problems(root, path):
    """(problems of one file, layers it includes)"""
    layer = layer_of(path)
    if layer not in LAYERS:
        return [f"{path}: belongs to no known layer"], set()
    problems, edges = [], set()
    is_public = path.parts[0] == "include"
    for number, line in enumerate((root / path).read_text().splitlines(), start=1):
        found = INCLUDE.match(line)
        if found:
            problem = include_problem(path, layer, *found.groups())
            if problem:
                problems.append(f"{path}:{number}: {problem}")
            edges |= {edge(layer, found.group(2))} - {None}
        elif is_public and FOREIGN_TYPES.search(line.split("//")[0]):
            problems.append(f"{path}:{number}: third-party type in a public header")
    return problems, edges


def check(root):
    """All violations under root, as text, one a line."""
    files = sorted(path.relative_to(root) for top in ("include", "src", "apps")
                   for path in (root / top).rglob("*") if path.suffix in (".hpp", ".cpp", ".cuh", ".cu"))
    problems, used = [], {}
    for path in files:
        found, edges = file_problems(root, path)
        problems += found
        used.setdefault(layer_of(path), set()).update(edges)
    problems += [f"LAYERS: nothing of {layer} includes {other}" for layer, others in LAYERS.items()
                 for other in sorted(others - used.get(layer, set())) if layer in used]
    problems += double_definitions(root, files)
    if not files:
        problems.append(f"{root}: no sources found")
    return problems


def headers_of(layer):
    """A source text that uses every edge of the layer."""
    return "".join(f'#include "lacathode/{other}/a.hpp"\n' for other in sorted(LAYERS[layer]))


CLEAN = {
    **{f"src/{layer}/edges.cpp": headers_of(layer) for layer in LAYERS if layer != "apps"},
    "apps/run.cpp": "#include <CLI/CLI.hpp>\n" + headers_of("apps"),
    "include/lacathode/core/errors.hpp": "#include <string>\n// not torch::Tensor\nnamespace lacathode {\n"
                                         "struct Error { struct Part {}; };\nstruct Later;\n}\n",
    "src/core/log.cpp": "#include <spdlog/spdlog.h>\nnamespace lacathode {\nnamespace {\nstruct Local {};\n}\n"
                        "Local make() { struct Part {}; return {}; }\n}\n",
    "src/core/other.cpp": "namespace lacathode {\nnamespace {\nstruct Local {};\n}\nstruct Part {};\n}\n",
    "src/io/events.cpp": '#include <hdf5.h>\n#include "handles.hpp"\n#include "io/handles.hpp"\n',
    "src/config/json.cpp": "#include <nlohmann/json.hpp>\n",
    "src/engine/kernels.cpp": "#include <hwy/highway.h>\nnamespace lacathode::engine {\nstruct Error {};\n}\n",
    "src/libtorch/flow.cpp": "#include <torch/torch.h>\n",
    "src/stages/hunt.cpp": '#include "stages/hunt/a.hpp"\n#include "lacathode/stages/prepare.hpp"\n',
    "src/stages/hunt/a.hpp": '#include "lacathode/stages/hunt.hpp"\n#include "lacathode/stages/metrics/a.hpp"\n',
    "src/stages/metrics/a.cpp": '#include "lacathode/stages/metrics/a.hpp"\n#include "lacathode/stages/frame/a.hpp"\n',
}
PLANTED = [
    ("src/core/a.cpp", '#include "lacathode/io/events.hpp"'),
    ("src/physics/a.cpp", '#include "lacathode/preprocess/feature_transform.hpp"'),
    ("src/ml/a.cpp", '#include "lacathode/engine/engine.hpp"'),
    ("src/engine/a.cpp", '#include "lacathode/libtorch/libtorch.hpp"'),
    ("src/stages/a.cpp", '#include "lacathode/engine/engine.hpp"'),
    ("src/config/a.cpp", '#include "lacathode/stages/run.hpp"'),
    ("src/config/a.cpp", '#include "lacathode/ml/maf.hpp"'),
    ("src/stages/a.cpp", '#include "lacathode/workflow/chain.hpp"'),
    ("src/io/a.cpp", '#include "lacathode/preprocess/standardisation.hpp"'),
    ("src/io/a.cpp", "namespace lacathode {\nstruct Error : Base {};\n}"),
    ("src/io/a.cpp", "namespace lacathode { namespace engine {\nenum class Error { a };\n} }"),
    ("src/io/a.hpp", "namespace lacathode {\ntemplate <class T>\nclass Part final {};\n}"),
    ("apps/a.cpp", '#include "lacathode/libtorch/libtorch.hpp"'),
    ("src/stages/a.cpp", '#include "io/handles.hpp"'),
    ("src/stages/frame/a.cpp", '#include "lacathode/stages/events/a.hpp"'),
    ("src/stages/events/a.cpp", '#include "stages/hunt/a.hpp"'),
    ("include/lacathode/stages/search/a.hpp", '#include "lacathode/stages/metrics/a.hpp"'),
    ("src/stages/metrics/a.cpp", '#include "lacathode/stages/hunt.hpp"'),
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
    ("src/io/a.cpp", "#include <zlib.h>"),
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
    constants = {f"src/io/{name}.hpp": "namespace lacathode {\ninline constexpr double epsilon = 1e-5;\n}\n" for name in "ab"}
    if not any("epsilon" in found for found in violations({**CLEAN, **constants})):
        failures.append("not found: a constant defined twice")
    unused = {name: text for name, text in CLEAN.items() if name != "src/models/edges.cpp"}
    unused["src/models/some.cpp"] = '#include "lacathode/core/a.hpp"\n'
    if not any("nothing of models includes engine" in found for found in violations(unused)):
        failures.append("not found: an edge that nobody uses")
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
