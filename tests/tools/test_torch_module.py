#!/usr/bin/env python3
"""LibTorch is loaded when it is used and only then; a module that cannot be used is named, with the remedy."""
import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from tool_files import APPS, SMALL_FLOW, TOOLS, USAGE, ToolTest, content_hash, must, tool

MODULE = Path(os.environ.get("LACATHODE_TORCH", "build/lib/liblacathode_torch.so"))
FOREIGN = Path(os.environ.get("LACATHODE_FOREIGN_TORCH", "build/tests/models/liblacathode_foreign_torch.so"))


def with_module(path):
    """The environment in which programs take that file for the module."""
    return {**os.environ, "LACATHODE_TORCH_LIBRARY": str(path)}


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def needed(path):
    """Names of the libraries that the dynamic linker loads together with the file."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-d", path))


class TorchModule(ToolTest):
    def train(self, backend):
        return ("train-flow", "--events", self.file("events.h5"), *SMALL_FLOW, "--backend", backend, "--output", self.out)

    def refused(self, path, *patterns):
        """What --backend torch says of such a module; before it trains, and with nothing written."""
        patterns += ("--backend torch and --device cuda use", "LACATHODE_TORCH_LIBRARY", "--backend engine")
        process = self.expect(USAGE, patterns, *self.train("torch"), env=with_module(path))
        self.assertFalse(self.out.exists())
        return process

    def test_no_program_links_libtorch(self):
        for name in TOOLS:
            with self.subTest(name):
                libraries = needed(APPS / f"lacathode-{name}")
                self.assertTrue(any("libhdf5" in library for library in libraries), libraries)
                self.assertFalse([library for library in libraries if re.match(r"lib(torch|c10|lacathode)", library)])
        self.assertTrue([library for library in needed(MODULE) if library.startswith("libtorch")])

    def test_the_module_shows_one_symbol(self):
        names = {line.split()[-1] for line in output_of("nm", "-D", "--defined-only", MODULE).splitlines()}
        linkers_own = {"__bss_start", "_edata", "_end", "_init", "_fini"}
        if any(name.startswith(("__asan", "__ubsan", "__tsan", "__odr_asan")) for name in names):
            self.skipTest("a sanitizer adds symbols")
        self.assertEqual(names - linkers_own, {"lacathode_torch_backend"})

    def test_the_module_holds_no_state_of_the_process(self):
        """Log level and progress are the program's; a second copy would know nothing of them (interrupts are handed over)."""
        names = output_of("nm", "-C", MODULE)
        if "lacathode::torch_backend::" not in names:
            self.skipTest("the module is stripped")
        for function in ("log_", "set_log_level", "Progress::"):
            self.assertNotRegex(names, rf"lacathode::{function}")

    def test_the_engine_needs_no_module(self):
        must(*self.train("engine"), env=with_module("/nonexistent"))
        engine = content_hash(self.out)
        must(*self.train("automatic"), "--force", env=with_module("/nonexistent"))
        self.assertEqual(content_hash(self.out), engine)

    def test_version_without_module(self):
        for name in TOOLS:
            process = must(name, "--version", env=with_module("/nonexistent"))
            self.assertRegex(process.stdout, r"\nLibTorch: not available \(/nonexistent: .*\); engine: \S")
            self.assertEqual(process.stderr, "")
        self.assertRegex(must("encode", "--version").stdout, r"\nLibTorch \d+\.\d+\S* \(CUDA: (yes|no)\); engine: \S")

    def test_missing_module(self):
        self.refused("/nonexistent", "/nonexistent: cannot open shared object file", "liblacathode_torch.so")

    def test_missing_module_for_a_gpu(self):
        self.expect(USAGE, "/nonexistent: cannot open shared object file", *self.train("automatic"), "--device", "cuda",
                    env=with_module("/nonexistent"))

    def test_a_file_that_is_no_module(self):
        text = self.folder / "text.so"
        text.write_text("not a library, and longer than the header of one would be " * 10)
        self.refused(text, r"text\.so: invalid ELF header")
        other = next(line.split()[2] for line in output_of("ldd", APPS / "lacathode-encode").splitlines()
                     if "libhdf5" in line)
        self.refused(other, r"is not lacathode's module: it has no symbol lacathode_torch_backend")

    def test_a_module_of_another_build(self):
        self.refused(FOREIGN, r"belongs to lacathode 0\.0\.0 \(another build\), this program to lacathode \d+\.\d+")

    def test_a_path_without_a_slash_is_a_path(self):
        shutil.copy(MODULE, self.folder / "mine.so")
        process = must("encode", "--version", env=with_module("mine.so"), cwd=self.folder)
        self.assertRegex(process.stdout, r"\nLibTorch \d")

    def test_an_empty_variable_counts_as_none(self):
        self.assertRegex(must("encode", "--version", env=with_module("")).stdout, r"\nLibTorch \d")

    def test_both_backends_train_through_it(self):
        must(*self.train("torch"))
        self.assertEqual(tool("encode", "--events", self.file("events.h5"), "--flow", self.out, "--output",
                              self.folder / "latent.h5", "--backend", "torch").returncode, 0)


if __name__ == "__main__":
    unittest.main()
