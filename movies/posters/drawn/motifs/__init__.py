"""Motifs: the pictures on drawn posters, one function each, grouped by genre."""

from movies.posters.drawn.motifs.registry import MOTIFS, READ_ONE_WAY, Motif

__all__ = ["MOTIFS", "READ_ONE_WAY", "Motif"]
