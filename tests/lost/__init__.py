"""What docs/what-is-lost.md says, line by line: a thing is lost, and the site is looked at."""
