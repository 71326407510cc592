"""The My ratings page: filters, calendar, distribution, bulk edits."""
