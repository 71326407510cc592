"""The diary: viewings with date, note and tags; and all that was watched, dated or not."""
