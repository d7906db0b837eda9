"""What the demo is made of, as plain text: intents with customers' wordings and agents' answers, chatter, products."""
