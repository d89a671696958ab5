"""What each number of the program is, how it is worked out, and who says so."""
