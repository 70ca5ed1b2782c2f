"""Which pixels of a handwritten digit a softmax regression under L1 uses (reglab, lesson 4)."""

from reglib.race import MOST_ROWS, Setup, prepare
from reglib.survivors import pixel_survivors

strength = 0.02
strengths = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)

found = pixel_survivors(prepare(Setup(data="digits", n=MOST_ROWS)), strengths)
alive = (found.weights != 0).sum(axis=1)
i = strengths.index(strength)
print("pixels at the weakest", alive[0])
print("pixels at the strongest", alive[-1])
print("pixels", alive[i])
print("test accuracy", found.accuracy[i])
print((found.weights[i] != 0).reshape(8, 8).astype(int))
