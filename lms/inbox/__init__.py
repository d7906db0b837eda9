"""通知: what the product tells a person, once each, inside the app."""
