"""What a team can't mend by training: causes in the process and in the product."""
