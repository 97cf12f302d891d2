"""What is measured, against floors and peers."""
