"""`manage.py doctor`: looks at a whole installation and says what is wrong and what to do."""

from cfsite.operations.doctor.findings import ERROR, OK, WARNING, Finding
from cfsite.operations.doctor.visit import examine

__all__ = ["ERROR", "OK", "WARNING", "Finding", "examine"]
