"""Programmes: days of lessons, checklists and gates that open one after the other."""
