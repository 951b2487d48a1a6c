#!/usr/bin/env python3
"""The shell scripts that test the code: where they look, and what they say."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Shell(unittest.TestCase):
    """A checkout of the scripts alone, in a folder with a blank."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lacathode shell-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.scripts = self.folder / "scripts"
        self.scripts.mkdir()
        shutil.copy(ROOT / "scripts/common.sh", self.scripts)
        self.programs = self.folder / "programs"
        self.programs.mkdir()

    def write(self, path, *lines):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(("#!/usr/bin/env bash", *lines, "")))
        path.chmod(0o755)

    def run_bash(self, *command, **environment):
        return subprocess.run(command, cwd=self.folder, text=True, capture_output=True, check=False, timeout=60,
                              env={**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", **environment})

    def test_directories(self):
        """Wherever a script goes to, and where CDPATH makes cd print."""
        code = 'source scripts/common.sh; cd /; printf "%s\\n" "$root" "$build_dir"'
        for given, expected in (({}, "build"), ({"LACATHODE_BUILD_DIR": "own/../other"}, "other")):
            done = self.run_bash("bash", "-c", code, **{"LACATHODE_BUILD_DIR": "", "CDPATH": str(self.folder), **given})
            self.assertEqual(done.stdout.splitlines(), [str(self.folder), str(self.folder / expected)], done.stderr)

    def test_figures_of_the_toy_model_without_a_python_for_them(self):
        """Told before anything is made."""
        shutil.copy(ROOT / "scripts/toy_figures.sh", self.scripts)
        (self.folder / "h5py.py").write_text("raise ImportError")
        done = self.run_bash("scripts/toy_figures.sh", "out", PYTHONPATH=str(self.folder), LACATHODE_PYTHON="")
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertIn("error: no python3 with h5py, numpy and matplotlib", done.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_the_demo_elsewhere(self):
        """Its only --out, relative to where one is; the program takes the other arguments, and the pictures come beside its outputs."""
        shutil.copy(ROOT / "scripts/demo.sh", self.scripts)
        log = self.folder / "log"
        for name in ("setup", "build"):
            self.write(self.scripts / f"{name}.sh")
        self.write(self.folder / "build/apps/lacathode-run", f'printf "%s\\n" "$@" >>"{log}"')
        (self.scripts / "plot.py").write_text(f"import sys\nopen({str(log)!r}, 'a').write('\\n'.join(['plot', *sys.argv[1:], '']))\n")
        (self.folder / "there").mkdir()
        config = ["--config", "configs/demo.json", "--out"]
        for given, out, others in (([], "out/demo", []), (["--force"], "out/demo", ["--force"]),
                                   (["--out", "my own"], "there/my own", []), (["--out=../mine"], "mine", []),
                                   (["-v", "--out", "mine", "--set", "run.folds=2 --out"], "there/mine", ["-v", "--set", "run.folds=2 --out"]),
                                   (["--out", "/first", "--out", str(self.folder / "last")], "last", [])):
            with self.subTest(given):
                log.write_text("")
                done = self.run_bash("bash", "-c", 'cd there && ../scripts/demo.sh "$@"', "bash", *given, LACATHODE_BUILD_DIR="")
                self.assertEqual(done.returncode, 0, done.stderr)
                out = str(self.folder / out)
                self.assertEqual(log.read_text().splitlines(), [*config, out, *others, "plot", out, "--out", f"{out}/plots"])
                self.assertIn(f"==> Results: {out}, pictures: {out}/plots", done.stdout)
        log.write_text("")
        for given in (["--out"], ["--out", ""], ["--out="]):
            done = self.run_bash("scripts/demo.sh", *given, LACATHODE_BUILD_DIR="")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", "error: --out: give a directory\n"))
        self.assertEqual(log.read_text(), "")

    def tidy(self, *sources):
        """Output of check-tidy.sh, and the files that it has read, where the build compiles these sources."""
        log = self.folder / "log"
        log.write_text("")
        self.write(self.programs / "clang-tidy-16", f'[[ $1 == --version ]] && echo "version 16.0.4" || echo "${{@: -1}}" >>"{log}"')
        shutil.copy(ROOT / "scripts/check-tidy.sh", self.scripts)
        commands = self.folder / "build/compile_commands.json"
        commands.parent.mkdir(exist_ok=True)
        commands.write_text(json.dumps([{"file": str(self.folder / name)} for name in sources], indent=1))
        done = self.run_bash("scripts/check-tidy.sh", LACATHODE_BUILD_DIR="", LACATHODE_TIDY_BASE="")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr, log.read_text().split()

    def test_changed_sources(self):
        def git(*arguments):
            subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", *arguments], cwd=self.folder, check=True, capture_output=True)
        git("init")
        (self.folder / "old.cpp").write_text("int old;\n")
        git("add", "old.cpp")
        git("commit", "-m", "first")
        git("commit", "-m", "second", "--allow-empty")
        self.assertEqual(self.tidy("old.cpp"), ("==> Tidy: no source to check since HEAD~1\n", []))
        (self.folder / "new.cpp").write_text("int fresh;\n")
        self.assertEqual(self.tidy("old.cpp", "new.cpp")[1], ["new.cpp"])
        (self.folder / "old.cpp").write_text("int changed;\n")
        self.assertEqual(sorted(self.tidy("old.cpp", "new.cpp")[1]), ["new.cpp", "old.cpp"])

    def test_continuous_integration_counts_whatever_fails(self):
        self.write(self.folder / ".ci/run")
        shutil.copy(ROOT / ".ci/run", self.folder / ".ci/run")
        for name, says in (("setup", "exit 1"), ("check-format", ""), ("build", ""), ("check-tidy", ""),
                           ("test-sanitized", "echo 3 passed, 0 failed"), ("test", "echo 4 passed, 1 failed; exit 1")):
            self.write(self.scripts / f"{name}.sh", says)
        done = self.run_bash(self.folder / ".ci/run")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-2:]), (1, ["==> Failed: Setup Tests", "10 passed, 2 failed"]), done.stderr)


if __name__ == "__main__":
    unittest.main()
