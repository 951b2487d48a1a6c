"""Scans of several signal regions and the toys that say what they are worth, as a user runs them."""
import fcntl
import json
import subprocess
import time
import unittest

import h5py
import numpy as np

from tool_files import APPS, BAD_INPUT, CANNOT_WRITE, OK, USAGE, ToolTest, must, small_chain, table, tool, write_hdf5


class Search(ToolTest):
    def setUp(self):
        super().setUp()
        sections = small_chain(write_hdf5(self.folder / "table.h5", table(1500, 200)), retrainings=1)
        sections["run"].update({"methods": ["lacathode"], "folds": 2, "reference": 1000, "sic": False, "sculpting": False})
        sections["prepare"]["injected_signal"] = 20  # what toys are drawn from has no signal
        sections["fit_background"] = {"low": 2.8, "efficiency_low": 2.8, "high": 4.2, "shape": "log_polynomial", "bin_width": 0.1,
                                      "efficiencies": [0.3, 0.5], "least_parameters": 1, "most_parameters": 2, "toys": 20}
        sections["scan"] = {"centres": [3.3, 3.6], "width": 0.3}
        self.out = self.folder / "out"
        self.options = ("--config", self.config(sections), "--out", self.out, "--threads", "2")

    def hunt(self, chain):
        with h5py.File(self.out / chain / "lacathode/hunt_00.h5") as file:
            return {name: file[f"efficiency/{name}"][()] for name in ("z", "p_value", "expected")}

    def test_scan_and_toys(self):
        process = must("scan", *self.options)
        self.assertRegex(process.stdout, r"(?s)m3\.3\n.*background_at_0\.3.*m3\.6\n.*background_at_0\.5")
        self.assertNotIn("z_at", process.stdout)
        toys = ("toys", *self.options, "--first", "3", "--count", "2")
        process = must(*toys)
        self.assertIn("no unblinded scan of the data with these settings", process.stderr)
        self.assertNotIn("global p", process.stdout)
        must("scan", *self.options, "--set", "hunt.unblind=true")
        summary = json.loads(must(*toys, "--json").stdout)
        z = np.array([[self.hunt(f"toys/toy{toy}-m{m}")["z"][1] for m in (3.3, 3.6)] for toy in (3, 4)])
        calibration = summary["calibration"]["lacathode"]["m3.6"]["0.3"]
        self.assertEqual(calibration["toys"], 2)
        self.assertAlmostEqual(calibration["mean"], z[:, 1].mean(), places=6)
        self.assertAlmostEqual(calibration["width"], z[:, 1].std(ddof=1), places=6)
        data = [self.hunt(f"scan/m{m}")["z"][1] for m in (3.3, 3.6)]
        best = summary["global"]["lacathode"]["0.3"]
        self.assertEqual(best["window"], ("m3.3", "m3.6")[int(np.argmax(data))])
        self.assertAlmostEqual(best["z"], max(data), places=6)
        self.assertEqual(best["above"], np.count_nonzero(z.max(axis=1) >= max(data)))
        self.assertAlmostEqual(best["p_value"], (best["above"] + 1) / 3)
        self.check_kept(summary)
        # A scan of other settings is none of these toys'.
        process = must(*toys, "--set", "scan.width=0.2")
        self.assertIn("no unblinded scan of the data with these settings", process.stderr)
        with h5py.File(self.out / "toys/calibration.h5") as file:
            self.assertNotIn("global", file["lacathode"])
        above = set()
        for first, count in ((3, 1), (4, 1), (2, 2), (3, 2)):  # one alone is below the data, or the other is; two are
            command = ("toys", *self.options, "--first", first, "--count", count)
            told = json.loads(must(*command, "--json").stdout)["global"]["lacathode"]
            said = must(*command).stdout
            for efficiency, one in told.items():
                above.add((count, one["above"]))
                p_value = f"{one['p_value']:.3g}" if one["above"] else {1: "<0.5", 2: "<0.334"}[count]  # a bound is rounded up
                self.assertRegex(said, rf"lacathode +{efficiency} .* {p_value} \[")
        self.assertLessEqual({(1, 0), (1, 1), (2, 0)}, above)
        # All windows of a toy search the same events; another toy has others.
        events = {}
        for toy in (3, 4):
            for m in (3.3, 3.6):
                with h5py.File(self.out / f"toys/toy{toy}-m{m}/pseudo_data.h5") as file:
                    events[toy, m] = file["mass"][()]
                    self.assertNotIn("label", file)
        np.testing.assert_array_equal(events[3, 3.3], events[3, 3.6])
        self.assertFalse(np.array_equal(events[3, 3.3], events[4, 3.3]))
        with h5py.File(self.out / "toys/results.h5") as file:
            np.testing.assert_array_equal(file["chain/toy4-m3.6/lacathode/hunt_00/efficiency/z"][1], z[1, 1])

    def check_kept(self, summary):
        """What is told lies in a file too, which says what it was made from; every program tells the same of it."""
        best = summary["global"]["lacathode"]["0.3"]
        with h5py.File(self.out / "toys/calibration.h5") as file:
            windows = file.attrs["windows"].split()
            found = {name: dataset[()] for name, dataset in file["lacathode/global"].items()}
            for cut, efficiency in enumerate(file["lacathode/background_efficiency"]):
                one = summary["global"]["lacathode"][f"{efficiency:g}"]
                for name in ("z", "local_p_value", "toys", "above", "p_value", "p_value_low", "p_value_high", "p_value_by_crossings"):
                    self.assertAlmostEqual(found[name][cut], one[name], places=12)
                self.assertEqual(windows[found["window"][cut]], one["window"])
                for window, name in enumerate(windows):
                    for key, value in summary["calibration"]["lacathode"][name][f"{efficiency:g}"].items():
                        self.assertAlmostEqual(file[f"lacathode/{key}"][window, cut], value, places=12)
            self.assertEqual(windows, ["m3.3", "m3.6"])
            np.testing.assert_allclose(file["signal_region_low"], [3.15, 3.45])
            for role in ("toys", "scan"):
                with h5py.File(self.out / role / "results.h5") as results:
                    self.assertEqual(file["provenance/inputs"].attrs[role].split()[-1], results["provenance"].attrs["content_hash"])
        told = json.loads(must("info", self.out / "toys/calibration.h5", "--json").stdout)["results"]
        self.assertEqual(told["toys"], 2)
        self.assertAlmostEqual(told["lacathode_global_p_value_at_0.3"], best["p_value"])

    def test_toys_are_jobs(self):
        """Some here, some there, gathered by a third: the same as all at once."""
        together = json.loads(must("toys", *self.options, "--count", "2", "--json").stdout)["calibration"]
        other = ("--config", self.options[1], "--out", self.folder / "other", "--threads", "1")
        for first in (2, 1):
            process = must("toys", *other, "--first", first, "--count", "1", "--list-jobs", "--json")
            ids = [job["id"] for job in json.loads(process.stdout)["jobs"]]
            must("toys", *other, "--first", first, "--count", "1", *(f"--only={job}" for job in ids))
        gathered = json.loads(must("toys", *other, "--count", "2", "--gather", "--json").stdout)["calibration"]
        self.assertEqual(gathered, together)

    def test_toys_of_another_call_are_drawn_from_the_same_flow(self):
        flows = []
        for first in (1, 2):
            must("toys", *self.options, "--first", first, "--count", "1", "--discard")
            flows.append({path.name: path.stat().st_mtime_ns for path in (self.out / "shared").glob("train_flow_*.h5")})
        self.assertEqual(len(flows[0]), 1)
        self.assertEqual(flows[1], flows[0])
        self.assertEqual(len(list((self.out / "shared").glob("pseudo_data_*.h5"))), 0)

    def test_a_scan_of_other_settings_gives_way_with_a_warning(self):
        """To the one of the toys' settings. Where its files are theirs nothing is said, whatever else is set."""
        unblinded = (*self.options, "--set", "hunt.unblind=true")
        toys = ("toys", *self.options, "--count", "1")
        must("scan", *unblinded)
        for more in ((), ("--set", "evaluate_sculpting.bins=11")):
            self.assertNotIn("out/scan held", must(*toys, *more).stderr)
        for other, differs in ((self.options, r"hunt\.unblind \(was false, is true\)"),
                               ((*unblinded, "--set", "scan.centres=3.3"), r"scan\.centres or scan\.width")):
            must("scan", *other)
            self.assertRegex(must(*toys).stderr, rf"warning .*out/scan held a scan of other settings: {differs}; .* run lacathode-scan with its settings")
            with h5py.File(self.out / "scan/results.h5") as file:
                self.assertTrue(np.isfinite(file["chain/m3.6/lacathode/hunt_00/efficiency/z"][1]))
            self.assertNotIn("out/scan held", must(*toys).stderr)

    def test_a_scan_is_the_same_whatever_its_toys_are(self):
        """What they are drawn from is no setting of it: their global p stays when it is repeated, and no warning names it."""
        unblinded = (*self.options, "--set", "hunt.unblind=true")
        toys = ("toys", *self.options, "--count", "1",
                "--set", "pseudo_data.signal_region_low=3.15", "--set", "pseudo_data.signal_region_high=3.45")
        must("scan", *unblinded)
        must(*toys)
        must("scan", *unblinded)
        with h5py.File(self.out / "toys/calibration.h5") as file, h5py.File(self.out / "scan/results.h5") as scan:
            self.assertEqual(file["provenance/inputs"].attrs["scan"].split()[-1], scan["provenance"].attrs["content_hash"])
        for study, chain, low in (("scan", "m3.6", None), ("toys", "toy1-m3.6", 3.15)):
            with h5py.File(self.out / study / "results.h5") as file:
                for config in (file["provenance"].attrs["config"], file["chain"][chain].attrs["config"]):
                    self.assertEqual(json.loads(config).get("pseudo_data", {}).get("signal_region_low"), low)
        must("scan", *self.options)
        warnings = [line for line in must(*toys).stderr.splitlines() if "out/scan held" in line]
        self.assertRegex("".join(warnings), r"other settings: hunt\.unblind \(was false, is true\);")

    def expect_no_global_p(self, *toys, saying):
        """But the toys' own calibration, printed and kept."""
        process = self.expect(OK, saying, *toys)
        self.assertRegex(process.stdout, r"lacathode +m3\.6 +0\.3 ")
        self.assertNotIn("global p", process.stdout)
        with h5py.File(self.out / "toys/calibration.h5") as file:
            self.assertIn("uniformity_p_value", file["lacathode"])
            self.assertNotIn("global", file["lacathode"])

    def test_a_damaged_file_of_the_scan_leaves_the_toys_their_calibration(self):
        must("scan", *self.options, "--set", "hunt.unblind=true")
        damaged = (self.out / "scan/m3.6/fold_0/latent_00.h5").resolve()
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.write_bytes(content)
        self.expect_no_global_p("toys", *self.options, "--count", "1", saying=(
            rf"(?s)no unblinded scan of the data .*: lacathode-scan has to make files of its own again: .*{damaged.name}: it is damaged"))

    def test_toys_of_another_number_of_events_tell_no_global_p(self):
        """The largest z of the data is none of theirs."""
        must("scan", *self.options, "--set", "hunt.unblind=true")
        self.expect_no_global_p("toys", *self.options, "--count", "1", "--set", "pseudo_data.expected=1000",
                                saying=r"no global p: the toys have another number of events .*\(pseudo_data\.expected = 1000\)")

    def test_of_several_retrainings_the_global_p_is_that_of_the_first(self):
        several = (*self.options, "--set", "run.retrainings=2")
        must("scan", *several, "--set", "hunt.unblind=true")
        for options, said in ((several, self.assertIn), (self.options, self.assertNotIn)):
            process = must("toys", *options, "--count", "1", "--json")
            said("the global p is that of the scan's retraining 0 alone", process.stderr)
            self.assertAlmostEqual(json.loads(process.stdout)["global"]["lacathode"]["0.3"]["z"],
                                   max(self.hunt(f"scan/m{m}")["z"][1] for m in (3.3, 3.6)), places=6)

    def test_calls_abreast_have_links_results_and_a_table_of_their_own(self):
        """What lies there in the end is of one of them. All files are made before: they differ in seconds."""
        settings = {efficiency: ("scan", *self.options, "--set", f"fit_background.efficiencies={efficiency}")
                    for efficiency in ("0.3", "0.5")}
        for command in settings.values():
            must(*command)
        for _ in range(10):
            calls = {efficiency: subprocess.Popen([APPS / f"lacathode-{command[0]}", *map(str, command[1:])],
                                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                     for efficiency, command in settings.items()}
            ended = {efficiency: (call.communicate(timeout=300), call.returncode) for efficiency, call in calls.items()}
            for efficiency, ((told, said), code) in ended.items():
                self.assertEqual(code, OK, said)
                self.assertEqual({one for one in settings if f"background_at_{one}" in told}, {efficiency})
            with h5py.File(self.out / "scan/results.h5") as file:
                efficiencies = json.loads(file["provenance"].attrs["config"])["fit_background"]["efficiencies"]
                for chain in ("m3.3", "m3.6"):
                    with h5py.File(self.out / f"scan/{chain}/lacathode/hunt_00.h5") as linked:
                        for hunt in (file[f"chain/{chain}/lacathode/hunt_00"], linked):
                            np.testing.assert_allclose(hunt["background_efficiency"][1:], efficiencies)

    def test_toys_and_the_scan_are_read_in_turn(self):
        """While another call gathers the scan, toys that are to be compared with it wait, and others wait for them."""
        must("scan", *self.options, "--set", "hunt.unblind=true")
        toys = ("toys", *self.options, "--count", "1")
        must(*toys)

        def has_global():
            with h5py.File(self.out / "toys/calibration.h5") as file:
                return "global" in file["lacathode"]

        def is_locked(file):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            fcntl.flock(file, fcntl.LOCK_UN)
            return False
        with (self.out / "scan/.in_use/turn").open() as of_scan, (self.out / "toys/.in_use/turn").open() as of_toys:
            fcntl.flock(of_scan, fcntl.LOCK_EX)
            command = (APPS / "lacathode-toys", *map(str, toys[1:]))
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                while has_global() and process.poll() is None:  # until their own calibration is written
                    time.sleep(0.01)
                time.sleep(0.5)
                waits = process.poll() is None
                have_turn = is_locked(of_toys)
                fcntl.flock(of_scan, fcntl.LOCK_UN)
                _, said = process.communicate(timeout=300)
        self.assertEqual((waits, have_turn, process.returncode), (True, True, OK), said)
        self.assertTrue(has_global())

    def test_what_is_in_the_way_is_told_before_anything_is_made(self):
        for name, program, more in (("scan/results.h5", "scan", ()), ("toys/results.h5", "toys", ("--count", "1")),
                                    ("toys/calibration.h5", "toys", ("--count", "1"))):
            foreign = self.out / name
            foreign.parent.mkdir(parents=True, exist_ok=True)
            foreign.write_text("mine")
            for options in ((), ("--dry-run",)):
                with self.subTest(name, options=options):
                    self.expect(CANNOT_WRITE, f"out/{name} is no file of these programs: move it away",
                                program, *self.options, *more, *options)
            self.assertEqual(foreign.read_text(), "mine")
            foreign.unlink()
        self.assertFalse((self.out / "shared").exists())

    def test_a_scan_that_comes_late_is_waited_for(self):
        must("scan", *self.options, "--set", "hunt.unblind=true")
        toys = ("toys", *self.options, "--count", "1")
        must(*toys)
        late, hidden = (self.out / "scan/m3.6/lacathode/hunt_00.h5").resolve(), self.folder / "hidden.h5"
        late.rename(hidden)
        self.assertIn("no unblinded scan of the data", must(*toys, "--gather", "--latency-wait", "1s").stderr)
        command = (APPS / "lacathode-toys", *map(str, toys[1:]), "--gather", "--latency-wait", "60s", "--json")
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while "waiting for" not in process.stderr.readline() and process.poll() is None:
                pass
            hidden.rename(late)
            told, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, OK, said)
        self.assertIn("global", json.loads(told), said)

    def test_data_that_must_stay_blinded_have_toys_too(self):
        """Several retrainings are for a blinded scan of data without labels; their toys have one."""
        columns = table(1500, 0)
        del columns["truth"]
        sections = json.loads((self.folder / "config.json").read_text())
        sections["run"]["retrainings"] = 2
        sections["prepare"].update({"input": str(write_hdf5(self.folder / "unlabelled.h5", columns)), "label_column": "", "injected_signal": 0})
        options = ("--config", self.config(sections, "unlabelled.json"), *self.options[2:])
        must("scan", *options)
        self.assertRegex(must("toys", *options, "--count", "1").stderr,
                         r"(?s)no unblinded scan of the data with these settings in .*: the study cannot be made.* run\.retrainings = 2 looks at the data")
        with h5py.File(self.out / "toys/calibration.h5") as file:
            self.assertNotIn("global", file["lacathode"])

    def test_signal_that_there_is_not_is_told_before_any_training(self):
        """Of the 200 events 20 are in the data."""
        self.expect(BAD_INPUT, r"table\.h5: has 180 labelled signal events that are in no data, but pseudo_data\.signal = 181: add fewer",
                    "toys", *self.options, "--count", "1", "--set", "pseudo_data.signal=181")
        self.assertEqual({path.name.split("_")[0] for path in (self.out / "shared").glob("*.h5")}, {"prepare"})

    def test_toys_with_signal_know_where_it_comes_from(self):
        """They are searched as others are, though what was trained on them has seen events of the data."""
        must("toys", *self.options, "--first", "3", "--count", "1", "--set", "pseudo_data.signal=20")
        self.hunt("toys/toy3-m3.3")
        sources = {}
        for name in ("base/events", "pseudo_data"):
            with h5py.File(self.out / f"toys/toy3-m3.3/{name}.h5") as file:
                sources[name] = set(file["provenance/origins/00"].attrs["sources"].split(","))
        self.assertLess(sources["base/events"], sources["pseudo_data"])

    def test_toys_of_a_spectrum_that_is_none_of_the_functions_are_refused(self):
        """The events begin at 2.8 and end at 4.2."""
        self.expect(BAD_INPUT, r"the function of the spectrum of all events.*fit_background\.low", "toys", *self.options, "--count", "1",
                    "--set", "fit_background.efficiency_low=2.6", "--set", "fit_background.low=2.6", "--set", "fit_background.high=4.4")

    def test_what_is_no_search_is_refused(self):
        self.expect(USAGE, r"scan\.centres must ascend", "scan", *self.options, "--set", "scan.centres=3.6,3.3")
        self.expect(USAGE, r"chain 'm4\.3': the signal region 4\.15 < m < 4\.45 does not lie within the range",
                    "scan", *self.options, "--set", "scan.centres=3.3,4.3")
        self.expect(USAGE, "idealised, which needs the truth", "toys", *self.options, "--set", "run.methods=idealised",
                    "--set", "prepare.extra_training=10", "--set", "prepare.extra_validation=10",
                    "--set", f"prepare.extra_background={self.folder / 'table.h5'}")
        self.assertEqual(tool("toys", "--help").returncode, OK)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
