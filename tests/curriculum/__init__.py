"""Reading, checking and loading authored content, driven through folders of files."""
