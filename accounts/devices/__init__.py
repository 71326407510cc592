"""Where you're logged in: browsers and apps with a session, and how to end it."""
