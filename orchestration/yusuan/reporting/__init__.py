"""Reports for people: a page with the evidence behind each finding, and the form that finance bureaus fill in by hand."""
