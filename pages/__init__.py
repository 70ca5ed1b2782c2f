"""The pages of reglab: one file per lesson, and the packages that they share."""
