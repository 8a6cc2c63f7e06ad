"""What a person in the home sees: HTTP, pages, languages."""
