"""The demo team: two shops, their people, products, two weeks of chats, and what the plugins add to it."""
