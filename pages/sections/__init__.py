"""Sections below the lessons' main views: a folder per lesson, a file per section, each with one `show`."""
