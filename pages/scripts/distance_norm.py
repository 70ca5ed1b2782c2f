"""The difference of truth and prediction, measured by every norm and loss (reglab, lesson 1)."""

import numpy as np

y_true = (3.0, 5.0, 4.0, 15.0)
y_pred = (2.0, 4.0, 3.0, 5.0)
p = 3.0

r = np.subtract(y_true, y_pred)
size = np.abs(r)
print("L1", size.sum())
print("L2", np.sqrt((r**2).sum()))
print("Linf", size.max())
print("Lp", (size**p).sum() ** (1 / p))
print("sum of squares", (r**2).sum())
print("MAE", size.mean())
print("MSE", (r**2).mean())
print("RMSE", np.sqrt((r**2).mean()))
rest = np.delete(r, size.argmax())
print("without the largest, the sum falls by", 1 - np.abs(rest).sum() / (size.sum() or 1))
print("without the largest, the sum of squares falls by", 1 - (rest**2).sum() / ((r**2).sum() or 1))
