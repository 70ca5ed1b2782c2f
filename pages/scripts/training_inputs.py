"""Which measurements of a tumour survive as λ1 grows: lasso on real data (reglab, lesson 4)."""

import numpy as np

from reglib import selection
from reglib.race import MOST_ROWS, Setup, prepare
from reglib.survivors import lasso_survivors

strength = 0.05
strengths = (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)

problem = prepare(Setup(data="breast_cancer", n=MOST_ROWS))
found = lasso_survivors(problem, strengths)
back = found.returns.any(axis=0)
print("survive at the weakest", (found.weights[0] != 0).sum())
print("survive at the strongest", (found.weights[-1] != 0).sum())
print("dropped and came back", back.sum())
print("they are:", ", ".join(np.array(problem.feature_names)[back]))

judged = selection.entry_gradients(problem.X["train"], problem.y["train"], strength)
kept = judged.coef != 0
print("survive", kept.sum())
print("gradient with the others at their best beyond λ1", (abs(judged.gradient) > strength).sum())
print("wrong by the gradient at 0", ((abs(judged.gradient_at_zero) > strength) != kept).sum())
print("test accuracy", found.accuracy[strengths.index(strength)])
