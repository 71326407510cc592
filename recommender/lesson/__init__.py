"""The page that explains how predictions are computed."""
