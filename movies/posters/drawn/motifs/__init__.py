"""One geometric idea a poster, by genre."""

from movies.posters.drawn.motifs.registry import MOTIFS, READ_ONE_WAY, Motif

__all__ = ["MOTIFS", "READ_ONE_WAY", "Motif"]
