"""The methods of the Bot API the fake knows, a file for each subject."""
