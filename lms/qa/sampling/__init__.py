"""Sampling plans and the queues that they fill."""
