"""From MediaPipe's published networks to the files under models/. Used by build_models.py."""
