"""Value and derivative of three losses at a residual (reglab, lesson 2)."""

from reglib.losses import residual_loss

residual = 3.0

for name in ("absolute", "squared", "huber"):
    loss = residual_loss(name)
    print(f"{name} value", loss.value([residual])[0])
    print(f"{name} derivative", loss.derivative([residual])[0])
