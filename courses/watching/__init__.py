"""What was really watched of a video."""
