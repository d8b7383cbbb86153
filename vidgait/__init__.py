"""Markerless motion capture for the legs, from one ordinary video."""
