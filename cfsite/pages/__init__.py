"""Pages of the site itself: errors, health, maintenance, PWA files, style guide."""
