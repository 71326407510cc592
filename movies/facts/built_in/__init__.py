"""Facts that come with cfsite, in CSV files of this folder, under cfsite's own licence (MIT)."""
