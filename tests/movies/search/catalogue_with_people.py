"""A few well known movies with the people who made them."""

from movies.models import Credit, Genre, Movie, Person

# Title, year, genres, countries, languages, ratings, description, director, cast.
MOVIES = [
    *(("Pulp Fiction", 1994, "Crime|Thriller", "US", "en", 90, "", "Quentin Tarantino",
       ["John Travolta", "Samuel L. Jackson", "Quentin Tarantino"]),),
    *(("Reservoir Dogs", 1992, "Crime|Thriller", "US", "en", 60, "", "Quentin Tarantino", []),),
    *(("Valentino", 1977, "Drama", "GB US", "en", 99, "", "Ken Russell", []),),
    *(("Star Wars", 1977, "Sci-Fi|Action", "US", "en", 99, "A farm boy joins a rebellion.",
       "George Lucas", ["Mark Hamill", "Harrison Ford"]),),
    *(("Blade Runner", 1982, "Sci-Fi", "US", "en", 80, "", "Ridley Scott", ["Harrison Ford"]),),
    *(("My Little Chickadee", 1940, "Comedy", "US", "en", 70, "", "Edward F. Cline",
       ["Rex Harrison", "Glenn Ford"]),),
    *(("Ford v Ferrari", 2019, "Drama", "US", "en", 5, "", "James Mangold", []),),
    *(("2001: A Space Odyssey", 1968, "Sci-Fi", "GB US", "en", 50, "", "Stanley Kubrick", []),),
    *(("The Shining", 1980, "Horror", "US GB", "en", 95,
       "A family runs out of space and patience.", "Stanley Kubrick", ["Jack Nicholson"]),),
    *(("Space Jam", 1996, "Children|Animation", "US", "en", 40, "", "Joe Pytka", []),),
    *(("The Thing", 1982, "Horror|Sci-Fi", "US", "en", 60, "", "John Carpenter", []),),
    *(("Halloween", 1978, "Horror", "US", "en", 65, "", "John Carpenter", []),),
    *(("Mon oncle", 1958, "Comedy", "FR", "fr", 20, "", "Jacques Tati", ["Jacques Tati"]),),
    *(("Playtime", 1967, "Comedy", "FR", "fr en", 30, "", "Jacques Tati", ["Jacques Tati"]),),
    *(("Jaws", 1975, "Thriller", "US", "en", 85,
       "A shark hunts swimmers; a policeman hunts the shark.", "Steven Spielberg", []),),
    *(("Alien", 1979, "Horror|Sci-Fi", "GB US", "en", 75, "", "Ridley Scott", ["Alien Ford"]),),
]  # fmt: skip


def make_catalogue() -> None:
    for title, year, genres, countries, languages, n, description, director, cast in MOVIES:
        movie = Movie.objects.create(
            title=title,
            year=year,
            countries=countries,
            languages=languages,
            description=description,
        )
        # Maintained by triggers; as if so many people had rated.
        Movie.objects.filter(pk=movie.pk).update(n_ratings=n, half_star_sum=7 * n)
        for name in genres.split("|"):
            slug = name.lower()
            movie.genres.add(Genre.objects.get_or_create(name=name, defaults={"slug": slug})[0])
        people = [(director, "director", 0), *((name, "cast", at) for at, name in enumerate(cast))]
        for name, role, position in people:
            person = Person.objects.filter(name=name).first() or Person.objects.create(name=name)
            Credit.objects.create(movie=movie, person=person, role=role, position=position)
