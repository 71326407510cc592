"""The operator's pages in the admin, each in the package of its feature."""

from cfsite.operations.mail import admin as mail_admin

__all__ = ["mail_admin"]
