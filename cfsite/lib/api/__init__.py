"""What the API's views share: errors, strict input, paging, limits, the schema."""
