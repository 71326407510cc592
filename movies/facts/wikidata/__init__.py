"""Facts from Wikidata, by IMDb id: from its query service or from a dump. Its data is CC0."""
