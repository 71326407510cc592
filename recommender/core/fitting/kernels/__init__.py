"""Compiled inner loops of the fit."""
