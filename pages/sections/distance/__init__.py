"""Sections of the distance lesson."""
