"""`reglib.mlp` as scikit-learn estimators, for pipelines and parameter searches.

The only module of reglib that imports scikit-learn at its top.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted, validate_data

from reglib import _checks
from reglib.errors import DataError, ParameterError
from reglib.mlp import Stack, State
from reglib.mlp.stack import LARGEST_COUNT

Array = NDArray[Any]


class _MLP(BaseEstimator):  # type: ignore[misc]
    """What both estimators share: parameters, training, fitted attributes."""

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (32, 32),
        activation: str = "tanh",
        *,
        l1: float = 0.0,
        l2: float = 0.0,
        l1_step: str = "proximal",
        learning_rate_init: float = 0.05,
        momentum: float = 0.9,
        batch_size: int | None = 32,
        max_iter: int = 200,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.l1 = l1
        self.l2 = l2
        self.l1_step = l1_step
        self.learning_rate_init = learning_rate_init
        self.momentum = momentum
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.random_state = random_state

    @property
    def coefs_(self) -> list[Array]:
        """Weights of each layer, (fan_in, fan_out)."""
        return [weights[0] for weights in self._state.networks.weights]

    @property
    def intercepts_(self) -> list[Array]:
        """Intercepts of each layer, (fan_out,)."""
        return [biases[0] for biases in self._state.networks.biases]

    @property
    def n_iter_(self) -> int:
        """Epochs trained."""
        return self._state.epoch

    @property
    def n_layers_(self) -> int:
        """Layers, inputs and outputs included."""
        return len(self._state.networks.sizes)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_state")

    def _train(self, X: Array, y: Array, task: str, outputs: int, epochs: int, anew: bool) -> None:
        """Train for some epochs, from new weights or from those there are."""
        rounds = _checks.whole("max_iter", epochs, 1, LARGEST_COUNT)
        hidden = self.hidden_layer_sizes
        settings: dict[str, Any] = {
            "l1": self.l1,
            "l2": self.l2,
            "l1_step": self.l1_step,
            "learning_rate": self.learning_rate_init,
            "momentum": self.momentum,
        }
        random = check_random_state(self.random_state)
        stack = Stack(
            (X.shape[1], *(hidden if isinstance(hidden, Iterable) else (hidden,)), outputs),
            activation=self.activation,
            task=task,
            seed=random.randint(2**31 - 1),
            order_seed=random.randint(2**31 - 1),
            batch_size=self.batch_size,
            dtype=(X.dtype if anew else self._state.networks.parameters.dtype).name,
            **settings,
        )
        if stack.count > 1:
            raise ParameterError("lengths_differ", lengths=(1, stack.count))
        if not anew:
            stack.restore(self._state)
            stack.set(**settings)
        curve = [] if anew else self.loss_curve_
        stack.load(X, y)
        for _ in range(rounds):
            stop = stack.advance().stops[0]
            if stop is not None:
                raise ParameterError(
                    "diverged", reason=stop.code, epoch=stop.epoch, value=stop.value, limit=stop.limit
                )
            curve.append(float(stack.objective()[0]))
        self._state: State = stack.state()
        self.loss_curve_: list[float] = curve
        self.loss_ = curve[-1]

    def _scores(self, X: ArrayLike) -> Array:
        check_is_fitted(self)
        inputs = validate_data(self, X, reset=False, dtype=(np.float64, np.float32))
        scores: Array = self._state.networks.predict(inputs)[0]
        return scores


def _codes(known: Array, labels: Array) -> Array:
    """Give the place of each label among the known classes, which are sorted."""
    codes: Array = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    unknown = known[codes] != labels
    if unknown.any():
        raise DataError("unknown_class", value=labels[unknown][0], classes=known.tolist())
    return codes


class MLPClassifier(ClassifierMixin, _MLP):  # type: ignore[misc]
    r"""Multi-layer perceptron for classes, with L1 and L2 penalties that mean what they say.

    Minimises the mean log-loss + λ1 ‖W‖₁ + (λ2/2) ‖W‖₂² with mini-batch gradient steps; intercepts are not
    penalised.  scikit-learn's `MLPClassifier` has no L1, and its ``alpha`` is batch · λ2 (see
    `reglib.mlp.Stack` for the steps).

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (32, 32)
        Units of each hidden layer; ``()`` for a linear model.
    activation : {"tanh", "relu", "sigmoid", "linear"}, default "tanh"
    l1, l2 : float, default 0
        λ1 and λ2.
    l1_step : {"proximal", "subgradient", "freeze"}, default "proximal"
        Rule for the L1 step.
    learning_rate_init : float, default 0.05
        Learning rate; constant.
    momentum : float, default 0.9
        Heavy-ball momentum, from 0 to below 1.
    batch_size : int or None, default 32
        Rows per step; None is all rows.
    max_iter : int, default 200
        Epochs of `fit`.
    random_state : int, RandomState or None, default None
        For the first weights and the batch order.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coefs_ : list of ndarray of shape (fan_in, fan_out)
    intercepts_ : list of ndarray of shape (fan_out,)
    loss_curve_ : list of float
        Objective on the training data, penalties included, after each epoch.
    loss_ : float
        The last of them.
    n_iter_ : int
        Epochs trained.
    n_layers_ : int
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where the inputs had names.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from reglib.estimators import MLPClassifier
    >>> X, y = make_moons(200, noise=0.2, random_state=0)
    >>> model = MLPClassifier((8, 8), l1=1e-3, max_iter=100, random_state=0).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> MLPClassifier:
        """Train from new weights for ``max_iter`` epochs.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like of shape (n,)
            Labels of at least two classes.

        Returns
        -------
        MLPClassifier
            Itself.

        Raises
        ------
        ParameterError
            ``diverged``, with reason, epoch, value and limit; or as `reglib.mlp.Stack`.
        DataError
            ``one_class`` (classes), or as `reglib.mlp.Stack.load`.
        ValueError
            Of scikit-learn, if `X` or `y` cannot be used.
        """
        return self._learn(X, y, None, self.max_iter, anew=True)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> MLPClassifier:
        """Train on for one epoch over the rows given.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like of shape (n,)
        classes : array_like of shape (n_classes,), optional
            All labels there will be; needed by the first call if its `y` lacks one.

        Returns
        -------
        MLPClassifier
            Itself.

        Raises
        ------
        ParameterError, DataError, ValueError
            As `fit`; ``unknown_class`` if `y`, or `classes` in a later call, has a label that is none of the
            classes of the first call.
        """
        return self._learn(X, y, classes, 1, anew=not self.__sklearn_is_fitted__())

    def _learn(
        self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None, epochs: int, anew: bool
    ) -> MLPClassifier:
        fewest = 2 if anew and classes is None else 1  # one row cannot show two classes
        inputs, labels = validate_data(
            self, X, y, reset=anew, dtype=(np.float64, np.float32), ensure_min_samples=fewest
        )
        check_classification_targets(labels)
        known = unique_labels(labels if classes is None else classes) if anew else self.classes_
        if len(known) < 2:
            raise DataError("one_class", classes=known.tolist())
        if classes is not None:
            _codes(known, np.asarray(classes))
        codes = _codes(known, labels)
        binary = len(known) == 2
        task, outputs = ("binary", 1) if binary else ("multiclass", len(known))
        self._train(inputs, codes, task, outputs, epochs, anew)
        self.classes_: Array = known
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Give the probability of each class.

        Parameters
        ----------
        X : array_like of shape (n, p)

        Returns
        -------
        ndarray of shape (n, n_classes)
            0 to 1, in the order of `classes_`; every row sums to 1.

        Raises
        ------
        DataError
            ``too_large`` (name, row, limit) above 1e100.
        ValueError
            Of scikit-learn, if `X` cannot be used; NotFittedError before `fit`.
        """
        scores = self._scores(X)
        return np.column_stack([1.0 - scores, scores]) if scores.ndim == 1 else scores

    def predict(self, X: ArrayLike) -> Array:
        """Give the most probable class.

        Parameters
        ----------
        X : array_like of shape (n, p)

        Returns
        -------
        ndarray of shape (n,)
            Of `classes_`; of equally probable ones the first.

        Raises
        ------
        DataError
            ``too_large`` (name, row, limit) above 1e100.
        ValueError
            Of scikit-learn, if `X` cannot be used; NotFittedError before `fit`.
        """
        probabilities = self.predict_proba(X)
        labels: Array = self.classes_[probabilities.argmax(axis=1)]
        return labels


class MLPRegressor(RegressorMixin, _MLP):  # type: ignore[misc]
    r"""Multi-layer perceptron for values, with L1 and L2 penalties that mean what they say.

    Minimises (1/n) Σ ½ r² + λ1 ‖W‖₁ + (λ2/2) ‖W‖₂², the squares summed over the outputs, with mini-batch
    gradient steps; intercepts are not penalised.  scikit-learn's `MLPRegressor` has no L1, and its ``alpha``
    is batch · λ2 (see `reglib.mlp.Stack` for the steps).

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (32, 32)
        Units of each hidden layer; ``()`` for a linear model.
    activation : {"tanh", "relu", "sigmoid", "linear"}, default "tanh"
    l1, l2 : float, default 0
        λ1 and λ2.
    l1_step : {"proximal", "subgradient", "freeze"}, default "proximal"
        Rule for the L1 step.
    learning_rate_init : float, default 0.05
        Learning rate; constant.
    momentum : float, default 0.9
        Heavy-ball momentum, from 0 to below 1.
    batch_size : int or None, default 32
        Rows per step; None is all rows.
    max_iter : int, default 200
        Epochs of `fit`.
    random_state : int, RandomState or None, default None
        For the first weights and the batch order.

    Attributes
    ----------
    coefs_ : list of ndarray of shape (fan_in, fan_out)
    intercepts_ : list of ndarray of shape (fan_out,)
    loss_curve_ : list of float
        Objective on the training data, penalties included, after each epoch.
    loss_ : float
        The last of them.
    n_iter_ : int
        Epochs trained.
    n_layers_ : int
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where the inputs had names.

    Examples
    --------
    >>> import numpy as np
    >>> from reglib.estimators import MLPRegressor
    >>> X = np.linspace(-1, 1, 60)[:, None]
    >>> model = MLPRegressor((8,), max_iter=300, random_state=0).fit(X, np.sin(3 * X[:, 0]))
    >>> model.score(X, np.sin(3 * X[:, 0])) > 0.9
    True
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike) -> MLPRegressor:
        """Train from new weights for ``max_iter`` epochs.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like of shape (n,) or (n, outputs)
            Values; scaled to about unit spread they suit the default learning rate.

        Returns
        -------
        MLPRegressor
            Itself.

        Raises
        ------
        ParameterError
            ``diverged``, with reason, epoch, value and limit; or as `reglib.mlp.Stack`.
        DataError
            As `reglib.mlp.Stack.load`.
        ValueError
            Of scikit-learn, if `X` or `y` cannot be used.
        """
        return self._learn(X, y, self.max_iter, anew=True)

    def partial_fit(self, X: ArrayLike, y: ArrayLike) -> MLPRegressor:
        """Train on for one epoch over the rows given.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like of shape (n,) or (n, outputs)

        Returns
        -------
        MLPRegressor
            Itself.

        Raises
        ------
        ParameterError, DataError, ValueError
            As `fit`.
        """
        return self._learn(X, y, 1, anew=not self.__sklearn_is_fitted__())

    def _learn(self, X: ArrayLike, y: ArrayLike, epochs: int, anew: bool) -> MLPRegressor:
        inputs, values = validate_data(
            self, X, y, reset=anew, dtype=(np.float64, np.float32), multi_output=True, y_numeric=True
        )
        outputs = 1 if values.ndim == 1 else values.shape[1]
        self._train(inputs, values, "regression", outputs, epochs, anew)
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Give the values.

        Parameters
        ----------
        X : array_like of shape (n, p)

        Returns
        -------
        ndarray of shape (n,), or (n, outputs) with several outputs

        Raises
        ------
        DataError
            ``too_large`` (name, row, limit) above 1e100.
        ValueError
            Of scikit-learn, if `X` cannot be used; NotFittedError before `fit`.
        """
        return self._scores(X)
