#!/usr/bin/env python3
"""Measures weights: false alarms on the real pictures kept from training, recall by contrast, time and size.

PYTHONPATH=scripts:. python3 -m text_network.measure --site SITE-PACKAGES --photographs FOLDER [--pictures N] [--seed S]

Runs the network as the product does, with the weights that stand in the product's folder, and prints TOML.
"""

import argparse
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from orthanc_plugin.deid.pixels.detection.network import marks
from orthanc_plugin.pixel_bench import corpus, measure
from orthanc_plugin.pixel_bench.peers import own_network
from orthanc_plugin.pixel_bench.plain import redactor
from text_network.negatives import Negative, negatives


def false_alarms(kept: list[Negative], least: float | None) -> list[str]:
    """Return, for each kind, how many kept pictures are marked, of how many, and the share of their area."""
    seen: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for item in kept:
        mask = np.zeros(item.plane.shape, bool)
        found = marks(item.plane, least=least)
        for area in found:
            mask[area.top : area.bottom, area.left : area.right] = True
        seen[item.kind].append((len(found), float(mask.mean())))
    return [
        f"{kind} = {{ pictures = {len(rows)}, marked = {sum(n > 0 for n, _ in rows)}, "
        f"marks = {sum(n for n, _ in rows)}, area = {np.mean([share for _, share in rows]):.5f} }}"
        for kind, rows in sorted(seen.items())
    ]


def recall(seed: int, pictures: int) -> list[str]:
    """Return the recall of the network alone on the bench's corpus, in all and by its properties."""
    report = measure("network", redactor(own_network), corpus(seed, pictures))
    found = [f"corpus = {{ seed = {seed}, pictures = {pictures}, strings = {len(report.strings)} }}"]
    found += [f"recall = {report.recall:.4f}", f"collateral = {report.collateral:.5f}"]
    for by in ("contrast", "size", "rotation", "colour", "picture"):
        parts = ", ".join(f'"{value}" = {done / number:.3f}' for value, (done, number) in report.parts(by).items())
        found.append(f"{by} = {{ {parts} }}")
    return found


def milliseconds() -> float:
    """Return the CPU time of one frame of 480 x 640 of speckle."""
    plane = np.random.default_rng(0).rayleigh(45, (480, 640)).clip(0, 255).astype(np.uint8)
    marks(plane)
    start = time.process_time()
    for _ in range(5):
        marks(plane)
    return (time.process_time() - start) / 5 * 1000


def main() -> None:
    """Print the figures."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--site", type=Path, required=True)
    given.add_argument("--photographs", type=Path, required=True)
    given.add_argument("--pictures", type=int, default=140)
    given.add_argument("--seed", type=int, default=2)
    given.add_argument("--least", type=float)
    asked = given.parse_args()
    kept = [item for item in negatives(asked.site, asked.photographs) if item.kept]
    lines = ["[figures]", f"milliseconds = {milliseconds():.0f}  # CPU, one frame of 480 x 640"]
    lines += recall(asked.seed, asked.pictures)
    lines += [
        "",
        "[false_alarms]  # on real pictures without writing, kept from training",
        *false_alarms(kept, asked.least),
    ]
    print("\n".join(lines))  # noqa: T201  its output


if __name__ == "__main__":
    main()
