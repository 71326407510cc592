"""Facts and rows in short, for assertions."""

from movies.facts.movie_facts import MovieFacts, PersonFact
from movies.models import Credit, Movie

MANN = PersonFact("Michael Mann", tmdb_id=638, wikidata_id="Q312290")
PACINO = PersonFact("Al Pacino", "Vincent Hanna", tmdb_id=1158)
DE_NIRO = PersonFact("Robert De Niro", "Neil McCauley", tmdb_id=380)
HEAT = MovieFacts(
    title="Heat",
    runtime=170,
    countries=("US",),
    languages=("en", "es"),
    description="A detective hunts a thief whom he respects.",
    directors=(MANN,),
    writers=(MANN,),
    cast=(PACINO, DE_NIRO),
)


def credits(movie: Movie, role: str = Credit.Role.CAST) -> list[str]:
    rows = Credit.objects.filter(movie=movie, role=role).order_by("position")
    return [row.person.name for row in rows.select_related("person")]


def sources(movie: Movie) -> dict[str, str]:
    movie.refresh_from_db()
    return {name: entry["source"] for name, entry in movie.fact_sources.items()}
