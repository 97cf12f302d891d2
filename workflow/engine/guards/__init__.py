"""The catalogue of guards; a new one is a class in a module here."""

from workflow.engine.guards import case, comparing, person, stating
from workflow.engine.guards.base import REGISTRY, Guard

__all__ = ["REGISTRY", "Guard", "case", "comparing", "person", "stating"]
