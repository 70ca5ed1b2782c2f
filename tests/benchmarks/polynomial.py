"""Speed of the polynomial lesson's computations against scikit-learn, as a table of ratios.

Run it from the repository:  python tests/benchmarks/polynomial.py

Every contestant runs in this one process with one BLAS thread; each row takes turns and keeps the best time.
Where PyTorch is installed, the translator's PyTorch code is run and its coefficients are compared as well.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import contextlib
import importlib.util
import inspect
import io
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from sklearn.linear_model import ElasticNet, LinearRegression, enet_path
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from reglib.datasets import make_curve
from reglib.paths import cross_validate, fit_path
from reglib.polynomial import basis, fit_degrees
from reglib.resampling import bet, beyond_n, bias_variance, comparison_inputs, learning_curve
from reglib.translate import translate

UNIT = (-1.0, 1.0)
DATA = make_curve("sine", 100, noise=0.3, seed=0)
TEST = DATA.fresh(1000, seed=1)


def best_times(*contestants: Callable[[], object], rounds: int) -> list[float]:
    """Shortest time of each contestant in seconds, in alternating order."""
    best = [float("inf")] * len(contestants)
    for contestant in contestants:
        contestant()
    for _ in range(rounds):
        for k, contestant in enumerate(contestants):
            start = time.perf_counter()
            contestant()
            best[k] = min(best[k], time.perf_counter() - start)
    return best


def pipeline(degree: int):
    return make_pipeline(PolynomialFeatures(degree), LinearRegression())


def all_degrees_ours():
    fits = fit_degrees(DATA.x, DATA.y, 40, interval=UNIT)
    return fits.train_error, fits.errors(TEST.x, TEST.y)


def all_degrees_sklearn():
    train, test = [], []
    for degree in range(41):
        model = pipeline(degree).fit(DATA.x[:, None], DATA.y)
        train.append(np.mean((model.predict(DATA.x[:, None]) - DATA.y) ** 2))
        test.append(np.mean((model.predict(TEST.x[:, None]) - TEST.y) ** 2))
    return train, test


def resamples_ours(fresh_x: bool):
    return bias_variance(DATA.curve, DATA.x, range(16), noise=0.3, interval=UNIT, seed=0, fresh_x=fresh_x)


def resamples_sklearn(fresh_x: bool) -> float:
    """Seconds for all 500 in a loop: 25 blocks of 20, each counted as fast as the fastest of them."""
    rng = np.random.default_rng(0)
    grid = comparison_inputs(UNIT)
    refits = np.empty((16, 500, len(grid)))
    started = []
    for k in range(500):
        if k % 20 == 0:
            started.append(time.perf_counter())
        x = rng.uniform(-1, 1, 100) if fresh_x else DATA.x
        y = DATA.curve(x) + 0.3 * rng.standard_normal(100)
        for degree in range(16):
            refits[degree, k] = pipeline(degree).fit(x[:, None], y).predict(grid[:, None])
    started.append(time.perf_counter())
    _ = np.square(refits.mean(axis=1) - DATA.curve(grid)).mean(axis=1), refits.var(axis=1).mean(axis=1)
    parts = time.perf_counter() - started[-1]
    return 25 * float(np.diff(started).min()) + parts


def path_rows():
    """(name, ours, enet_path) for three kinds of path of 60 λ at degree 15, on the same features."""
    features = np.asfortranarray(StandardScaler().fit_transform(basis(DATA.x, 15, UNIT)[:, 1:]))
    centred = DATA.y - DATA.y.mean()
    top = np.abs(features.T @ centred).max() / 100
    lambdas = np.geomspace(top, top * 1e-3, 60)
    for name, share in (("lasso", 1.0), ("elastic net, half and half", 0.5)):
        for tol in (1e-4, 1e-8):
            yield (
                f"{name}; enet_path at tol={tol:g}",
                lambda share=share: fit_path(
                    DATA.x, DATA.y, 15, l1=share * lambdas, l2=(1 - share) * lambdas, interval=UNIT
                ),
                lambda share=share, tol=tol: enet_path(
                    features, centred, l1_ratio=share, alphas=lambdas, tol=tol, max_iter=10**6
                ),
            )


def check_paths() -> float:
    """Largest difference of a coefficient from a tightly converged ElasticNet."""
    features = StandardScaler().fit_transform(basis(DATA.x, 15, UNIT)[:, 1:])
    worst = 0.0
    for l1, l2 in ((0.1, 0.0), (0.01, 0.01), (0.001, 0.1)):
        ours = fit_path(DATA.x, DATA.y, 15, l1=l1, l2=l2, interval=UNIT).coefficients[0]
        model = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-12, max_iter=10**6)
        worst = max(worst, float(np.abs(model.fit(features, DATA.y).coef_ - ours).max()))
    return worst


TORCH = (  # λ1, λ2, degree: both kinds of penalty, from weak to crushing, on n = 100 and on the page's own data
    *((l1, l2, 9, DATA) for l1, l2 in ((0.0, 0.05), (0.0, 100.0), (0.02, 0.0), (0.02, 0.01))),
    *((l1, l2, 15, make_curve("sine", 20, noise=0.3, seed=0)) for l1, l2 in ((0.0, 1e-4), (0.022, 0.022))),
)


def run_torch_code() -> Iterator[tuple[float, float, float]]:
    """λ1, λ2, and the largest difference of a coefficient in the PyTorch code that the page shows."""
    for l1, l2, degree, data in TORCH:
        rows = translate(l1=l1, l2=l2, n=len(data.x), degree=degree)
        row = next(row for row in rows if row.library == "PyTorch" and row.code)
        scope: dict[str, Any] = {"x": data.x, "y": data.y}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(row.code, scope)
        ours = fit_path(data.x, data.y, degree, l1=l1, l2=l2, interval=UNIT)
        theirs = np.append(scope["model"].weight.detach().numpy()[0], scope["model"].bias.item())
        yield l1, l2, float(np.abs(theirs - np.append(ours.coefficients[0], ours.intercept)).max())


def main() -> None:
    table: list[tuple[str, float, float, str]] = []
    ours, theirs = best_times(all_degrees_ours, all_degrees_sklearn, rounds=5)
    table.append(("degrees 0–40, n = 100: fits, train and test errors", ours, theirs, "50"))
    for fresh_x, name in ((False, "new noise"), (True, "new x and noise")):
        (ours,) = best_times(lambda fresh_x=fresh_x: resamples_ours(fresh_x), rounds=7)
        theirs = resamples_sklearn(fresh_x)
        table.append((f"500 resamples × 16 degrees ({name})", ours, theirs, "300"))
    for name, mine, other in path_rows():
        ours, theirs = best_times(mine, other, rounds=15)
        table.append((f"60 λ at degree 15, {name}", ours, theirs, "1"))
    print("| work | reglib, ms | scikit-learn, ms | ratio | at least |")
    print("|---|---:|---:|---:|---:|")
    for name, ours, theirs, least in table:
        print(f"| {name} | {ours * 1e3:.2f} | {theirs * 1e3:.1f} | {theirs / ours:.3g}× | {least}× |")
    print()
    lambdas = np.geomspace(1, 1e-4, 60)
    for name, work in (
        ("bias and variance, 500 resamples × 41 degrees, n = 100", lambda: bias_variance(
            DATA.curve, DATA.x, range(41), noise=0.3, interval=UNIT, seed=0)),
        ("learning curve, degree 9, 10 sizes to 1,000, 100 data sets each", lambda: list(learning_curve(
            DATA.curve, 9, np.geomspace(20, 1000, 10).astype(int), noise=0.3, interval=UNIT, seed=0))),
        ("one bet, degree 9, n = 100, 200 data sets", lambda: bet(
            DATA.curve, 9, 100, noise=0.3, interval=UNIT, seed=0)),
        ("beyond n, one data set: n = 20, degrees 0–150, 4 λ2", lambda: next(beyond_n(
            DATA.curve, 20, noise=0.1, interval=UNIT, seed=0, l2=(0, 1e-6, 1e-4, 1e-2)))),
        ("5-fold cross-validation of 60 λ1, degree 15", lambda: cross_validate(
            DATA.x, DATA.y, 15, l1=lambdas, l2=0, interval=UNIT, seed=0)),
    ):  # fmt: skip
        print(f"{name}: {best_times(work, rounds=3)[0] * 1e3:.1f} ms")
    print(f"largest difference from ElasticNet(tol=1e-12): {check_paths():.1e}")
    if importlib.util.find_spec("torch"):
        for l1, l2, off in run_torch_code():
            print(f"PyTorch code, λ1 = {l1:g}, λ2 = {l2:g}: largest difference of a coefficient {off:.1e}")
            assert off < 1e-3, "the code that the page shows must give the coefficients of its picture"
    else:
        print("PyTorch is not installed: its code was not run")
    default_tol = inspect.signature(LinearRegression).parameters["tol"].default
    print(f"LinearRegression's default tol here: {default_tol}")


if __name__ == "__main__":
    main()
