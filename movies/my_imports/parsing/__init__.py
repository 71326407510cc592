"""Reads files of any format into entries; knows no source and no catalogue."""
