"""The case library: motive, events, failed check, loss, new rule, quiz."""
