"""Two inputs that are nearly copies: how often lasso and ridge drop each when refitted (reglab, lesson 4)."""

from reglib.survivors import CopyRun

strength = 0.25  # λ1 of the lasso, λ2 of the ridge
seed = 0
refits = 200

run = CopyRun(strength, refits=refits, seed=seed)
while not run.done:
    run.advance(1.0)
found = run.result()
for model, dropped in (("lasso", found.lasso), ("ridge", found.ridge)):
    for name, share in zip("ABCD", dropped, strict=True):
        print(model, "drops", name, share)
print("lasso drops A or B", found.either)
print("lasso standard deviation of the weight of A", found.lasso_spread[0])
print("ridge standard deviation of the weight of A", found.ridge_spread[0])
