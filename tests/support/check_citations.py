#!/usr/bin/env python3
"""Checks that every citation of a document, and every link between documents, leads somewhere.

usage: check_citations.py ROOT        exit 0: clean, 1: problems, one a line
       check_citations.py --self-test the checker must find every planted problem

A citation, in a comment or in text, has one of these forms; it may go on in the next line of a comment:
    docs/FILE.md              the file exists
    docs/FILE.md (3)          ... and defines this equation; also (3.2), several: docs/FILE.md (3.2), (3.3) and (3.5)
    docs/FILE.md, section 3   ... and has a heading "3. Title" or "3 Title"; several: sections 3 and 4
    docs/decisions/0004       there is a page docs/decisions/0004-TITLE.md
An equation is defined where a line ends with its number in parentheses after a space, inside a fenced code block or
one indented by four spaces, once a document:
    z = f(x; m)                                  (4.1)
In a document with numbers of the form (3.2), each such number in its text must be defined there too.
Links and pictures of Markdown, [text](PATH#heading), are checked in every document.
"""
import bisect
import re
import sys
import tempfile
from pathlib import Path

ROOTS = ["src", "include", "tests", "apps", "scripts", "bench", "docs", "cmake", "configs", "data", ".ci", "README.md",
         "CHANGELOG.md", "CMakeLists.txt"]
SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".md", ".txt", ".cmake", ".in", ".json", ".supp", ""}
COMMENT_MARK = re.compile(r"^\s*(?://[/!]?<?|#|\*|>)?\s*")
NUMBER = r"\d+(?:\.\d+)?"
CITATION = re.compile(r"docs/(?P<path>[\w./-]*\w\.md)`?"
                      rf"(?:(?P<equations>(?:(?:,| and| to|, and)? ?\({NUMBER}\))+)"
                      r"|, sections? (?P<sections>\d+(?:(?:, | and | to )\d+)*))?")
# What looks like a citation of a place but is not of the forms above would never be checked.
MISSHAPEN = re.compile(rf",? *(?:sect?(?:ion)?s?|eqs?|equations?)\b\.? *\(?\d|,? *\(\d", re.IGNORECASE)
DECISION = re.compile(r"docs/decisions/(\d{4})(?![\w-])")
OUTSIDE = re.compile(r"\b([A-Z]{4,}(?:\.md)?),? sections? \d")
EQUATION_LINE = re.compile(rf"(?:^|.*\s)\(({NUMBER})\)$")
LINK = re.compile(r'!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|<(?:img|a)\s[^>]*(?:src|href)="([^"]+)"')


def lines_with_code(text):
    """(line, whether it is code): fenced blocks, and blocks indented by four spaces after an empty line."""
    fenced = indented = False
    before = ""
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            yield line, True
        else:
            indented = line.startswith("    ") and (indented or not before.strip()) or indented and not line.strip()
            yield line, fenced or indented
        before = line


class Document:
    """What can be cited in a Markdown file."""

    def __init__(self, path):
        self.text = path.read_text(encoding="utf-8")
        self.equations, self.sections, self.anchors, self.repeated = set(), set(), set(), []
        for line, is_code in lines_with_code(self.text):
            if is_code:
                self.add_equation(line.rstrip())
            elif heading := re.match(r"#+\s+(.*?)\s*#*$", line):
                self.add_heading(heading[1])

    def add_equation(self, line):
        if found := EQUATION_LINE.match(line):
            if found[1] in self.equations:
                self.repeated.append(found[1])
            self.equations.add(found[1])

    def add_heading(self, title):
        if number := re.match(r"(\d+)\.? ", title):
            self.sections.add(number[1])
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        anchor = base = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = 0
        while anchor in self.anchors:
            count += 1
            anchor = f"{base}-{count}"
        self.anchors.add(anchor)


class Checker:
    def __init__(self, root):
        self.root = Path(root)
        self.documents = {}
        self.problems = []

    def document(self, path):
        """None if there is no such file."""
        path = path.resolve()
        if path not in self.documents:
            self.documents[path] = Document(path) if path.is_file() else None
        return self.documents[path]

    def files(self):
        for name in ROOTS:
            top = self.root / name
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                # This file's own text is full of examples.
                if path.is_file() and path.suffix in SUFFIXES and path.name != "check_citations.py":
                    yield path

    def run(self):
        for path in self.files():
            text = path.read_text(encoding="utf-8")
            self.check_citations(path, text)
            if path.suffix == ".md":
                self.check_document(path)
        return self.problems

    def report(self, path, line, what):
        self.problems.append(f"{path.relative_to(self.root)}:{line}: {what}")

    def check_citations(self, path, text):
        lines = [COMMENT_MARK.sub("", line).rstrip() for line in text.split("\n")]
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        joined = " ".join(lines)

        def report(at, what):
            self.report(path, bisect.bisect_right(starts, at), what)

        for found in CITATION.finditer(joined):
            self.check_citation(found, joined[found.end():], lambda what, at=found.start(): report(at, what))
        for found in DECISION.finditer(joined):
            pages = list((self.root / "docs/decisions").glob(found[1] + "-*.md"))
            if len(pages) != 1:
                report(found.start(), f"{found[0]}: there are {len(pages)} such pages")
        for found in OUTSIDE.finditer(joined):
            if not any((self.root / name).exists() for name in (found[1], found[1] + ".md", "docs/" + found[1])):
                report(found.start(), f"{found[0]}: there is no such document here")

    def check_citation(self, found, rest, report):
        name = "docs/" + found["path"]
        document = self.document(self.root / name)
        if document is None:
            report(f"{name}: there is no such file")
            return
        for number in re.findall(NUMBER, found["equations"] or ""):
            if number not in document.equations:
                report(f"{name} ({number}): no such equation is defined there")
        for number in re.findall(r"\d+", found["sections"] or ""):
            if number not in document.sections:
                report(f"{name}, section {number}: there is no such heading")
        if MISSHAPEN.match(rest) and not (found["equations"] or found["sections"]):
            report(f"{name}{rest[:20]}...: write `{name}, section N` or `{name} (N)`")

    def check_document(self, path):
        document = self.document(path)
        for number in document.repeated:
            self.report(path, 1, f"equation ({number}) is defined twice")
        own_numbers = any("." in number for number in document.equations)
        for count, (line, is_code) in enumerate(lines_with_code(document.text), start=1):
            if is_code:
                continue
            for number in re.findall(r"(?<!\.md )(?<!\.md` )\((\d+\.\d+)\)", line) if own_numbers else []:
                if number not in document.equations:
                    self.report(path, count, f"({number}): no such equation is defined here")
            for found in LINK.finditer(re.sub(r"`[^`]*`", "``", line)):
                self.check_link(path, count, found[1] or found[2])

    def check_link(self, path, line, target):
        if re.match(r"[a-z]+:", target):
            return
        name, _, anchor = target.partition("#")
        place = path.parent / name if name else path
        if not place.exists():
            self.report(path, line, f"link to {target}: there is no such file")
        elif anchor and place.suffix == ".md" and anchor not in self.document(place).anchors:
            self.report(path, line, f"link to {target}: there is no such heading")


METHOD_PAGE = """# The `method` (all of it)
## 1. Events
See (1.1), and [below](#3-flow).

    m = 1                 (1.1)

```
x = 2 m
  = m + m                 (1.2)
```
An equation outside a block is none: (1.1)
## 3. Flow
[page](decisions/0001-one.md) ![picture](images/a.png) [code](../src/a.cpp) [web](https://example.org/x)
`[not a link](nowhere.md)`
"""
GOOD = {
    "docs/method.md": METHOD_PAGE,
    "docs/plain.md": "# Plain\nA window (3.3) is no equation where none is defined.\n    not code, no blank line (7)\n",
    "docs/decisions/0001-one.md": "# One\n[up](../method.md#the-method-all-of-it)\n",
    "docs/images/a.png": "",
    "README.md": "[m](docs/method.md#1-events) [d](docs) `docs/method.md` (1.2)\n",
    "src/a.cpp": "// docs/method.md, docs/method.md (1.1), docs/method.md, section 3 and docs/decisions/0001.\n"
                 "/// docs/method.md (1.1),\n/// (1.2); (docs/method.md, sections 1\n/// and 3) (docs/method.md,\n"
                 "///< section 1)\n",
}
# File, text, what the message must hold.
PLANTED = [
    ("src/b.cpp", "// docs/methods.md\n", "src/b.cpp:1: docs/methods.md: there is no such file"),
    ("include/b.hpp", "\n/// docs/method.md (1.3)\n", "include/b.hpp:2: docs/method.md (1.3)"),
    ("include/b.hpp", "/// docs/method.md (1.1) and (1.4)\n", "docs/method.md (1.4)"),
    ("tests/b.cpp", "// x docs/method.md\n//  (2.1)\n", "tests/b.cpp:1: docs/method.md (2.1)"),
    ("apps/b.cpp", "// docs/method.md, section 2\n", "docs/method.md, section 2"),
    ("apps/b.cpp", "// docs/method.md, sections 1 and 4\n", "docs/method.md, section 4"),
    ("apps/b.cpp", "// docs/method.md,\n// section\n// 9\n", "apps/b.cpp:1: docs/method.md, section 9"),
    ("bench/b.py", "# docs/plain.md (7)\n", "docs/plain.md (7)"),
    ("scripts/b.sh", "# docs/method.md section 1\n", "write `docs/method.md, section N`"),
    ("scripts/b.sh", "# docs/method.md, eq. (1.1)\n", "write `docs/method.md, section N`"),
    ("src/b.cpp", "// docs/method.md (1.1; 1.2)\n", "write `docs/method.md, section N`"),
    ("src/b.cpp", "// docs/decisions/0002\n", "docs/decisions/0002: there are 0"),
    ("src/b.cpp", "// docs/decisions/0001-won.md\n", "docs/decisions/0001-won.md: there is no such file"),
    ("src/b.cpp", "// (NOTES, section 3)\n", "NOTES, section 3: there is no such document"),
    ("docs/b.md", "docs/method.md (8.1)\n", "docs/b.md:1: docs/method.md (8.1)"),
    ("docs/b.md", "\n    y = 1  (2.1)\n    z = 1  (2.1)\n", "equation (2.1) is defined twice"),
    ("docs/b.md", "\n    y = 1  (2.1)\n\nas in (2.2)\n", "docs/b.md:4: (2.2)"),
    ("docs/b.md", "[x](method.md#2-events)\n", "docs/b.md:1: link to method.md#2-events"),
    ("docs/b.md", "[x](#nothing)\n", "link to #nothing"),
    ("docs/b.md", "![x](images/b.png)\n", "link to images/b.png"),
    ("README.md", "[x](method.md)\n", "README.md:1: link to method.md"),
    ("README.md", '<img src="docs/images/b.png" width="4">\n', "link to docs/images/b.png"),
    ("CHANGELOG.md", "[x](docs/b.txt)\n", "CHANGELOG.md:1: link to docs/b.txt"),
]


def problems_of(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Checker(folder).run()


def self_test():
    failures = [f"good files: {problem}" for problem in problems_of(GOOD)]
    for name, text, message in PLANTED:
        problems = problems_of({**GOOD, name: text})
        if len(problems) != 1 or message not in problems[0]:
            failures.append(f"planted in {name}: {text!r}, found: {problems}")
    print("\n".join(failures) if failures else f"{len(PLANTED)} planted problems found")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if len(arguments) != 1:
        print(__doc__)
        return 2
    checker = Checker(arguments[0])
    files = len(list(checker.files()))
    problems = checker.run()
    print("\n".join(problems) if problems else f"{files} files: every citation and link resolves")
    # A wrong root would have no files, and so no problems.
    return 1 if problems or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
