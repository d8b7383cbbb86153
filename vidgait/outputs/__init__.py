"""What people see: the annotated video, key frames, the report and tables."""
