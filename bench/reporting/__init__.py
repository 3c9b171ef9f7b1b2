"""Reports for people from the result of a benchmark: a page of charts, and tables in Markdown."""
