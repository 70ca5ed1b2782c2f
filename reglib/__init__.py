r"""reglib: the computations under reglab, without a line of user interface.

Every module minimises, or describes a part of, one objective.  With n training rows,

.. math::

    J(w) = \frac{1}{n} \sum_{i=1}^{n} \ell(y_i, f(x_i; w))
           + \lambda_1 \lVert w \rVert_1 + \frac{\lambda_2}{2} \lVert w \rVert_2^2

where :math:`\ell` is ½ r² (squared), |r| (absolute), Huber, or the log-loss for classification, and
r = y − f(x; w).  Intercepts are never penalised.  Features are standardised before they are penalised.
``l1`` and ``l2`` keep this meaning in every function, estimator and exported snippet.

Modules
-------
norms
    Size of a vector, distance on a grid, shortest routes and their number, unit balls, turned axes.
losses
    ½ r², |r|, Huber and log-loss: value and derivative, and each point's share of the sum.
penalties
    L1, L2 and elastic net: value, subgradient, proximal step, optimality (KKT), three ways to take a step.
geometry
    Two weights: the loss's contours, the ball of a penalty, and where they touch.
linear
    A straight line under L1, L2 and Huber loss, exactly, also for one point moved over many positions.
outliers
    What one point can do: nudges, descent under each loss, mean against median, breakdown.
polynomial
    Least squares for all degrees at once in an orthogonal basis, and minimum-norm fits beyond n.
paths
    Penalised polynomials along a path of λ, and the choice of λ by cross-validation.
resampling
    Polynomial fits over many data sets: bias, variance, more data against better data.
selection
    Which inputs an L1 penalty keeps, and how much of it is luck.
survivors
    The same on real data as λ1 grows, on digit pixels, and among near-copies, a little at a time.
mlp
    Stacks of small neural networks trained in lockstep.
race
    The same networks under no, L1 and L2 penalty, from the same starts and in the same batches, recorded.
l1_steps
    Three ways to take the L1 step, on one lasso problem from the same starts.
sweep
    A race's network under many λ and seeds, and λ against the length of the warm-up.
storage
    What a sparse network weighs: dense, in compressed rows, and with its dead units removed.
linearity
    What small weights do to a network: how linear it is, and in whose hands its weights lie.
estimators
    The networks as scikit-learn estimators (the only module that imports scikit-learn at its top).
translate
    One pair (λ1, λ2) in the parameters of other libraries, with code.
datasets
    Synthetic and real data sets, each with a seed or a source; how rows are divided and standardised.
tables
    A reader's CSV file, read defensively.
errors
    Typed errors: a code and its parameters, all listed, worded by whoever shows them.
"""

__all__: list[str] = []
