"""What is measured, each against a yardstick of the same run."""
