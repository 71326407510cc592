"""Backups: database, uploaded pictures and secret key in one verified file, and the way back.

- backup: makes one (manage.py backup, and the worker when one is due)
- restore: brings one back (manage.py restore)
- archive: the file itself
- sqlite, postgresql: how each database is dumped, checked and restored
- places, s3: where backups are kept
- schedule: when one is due or overdue, and which are deleted
"""
