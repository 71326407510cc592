"""Movies for the tests of drawn posters, and what their tests share."""

from xml.etree import ElementTree

from movies.posters.drawn.genres import NO_GENRE, RAREST_FIRST

BIG = ("Comedy", "Drama", "Romance", "Thriller", "Horror", "Action", "Sci-Fi", "Crime")


EVERY_GENRE = (*RAREST_FIRST, NO_GENRE)


HARD_TITLES = (
    "M", "Z", "Up", "8½", "$9.99", "...", "M*A*S*H", "Koyaanisqatsi", "WALL·E", "WWWWWWWWWWWWWWW",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "Those Magnificent Men in Their Flying Machines or How I Flew from London to Paris in 25 hours",
    "Everything You Always Wanted to Know About Sex * But Were Afraid to Ask",
    "Borat: Cultural Learnings of America for Make Benefit Glorious Nation of Kazakhstan",
    "Supercalifragilisticexpialidocious",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Сталкер", "Иди и смотри", "千と千尋の神隠し", "花樣年華", "기생충", "باران", "ואלס עם באשיר",
    "Ταξίδι στα Κύθηρα", "ÀÉÎÕÜ ÇŁŐ ŠŽ", "Amelie (Fabuleux destin d'Amélie Poulain, Le)",
    "Birdman or (The Unexpected Virtue of Ignorance)", "x" * 300, "字" * 300, "Wide load " * 30,
    "A: " + "subtitle without end " * 14, "🎬🎬🎬", "W" * 60,
)  # fmt: skip


FILMS = (
    ("Toy Story", 1995, ("Animation", "Children", "Comedy")), ("Heat", 1995, ("Action", "Crime")),
    ("Sabrina", 1995, ("Comedy", "Romance")), ("Casino", 1995, ("Crime", "Drama")),
    ("Fargo", 1996, ("Comedy", "Crime", "Thriller")), ("Ran", 1985, ("Drama", "War")),
    ("The Piano", 1993, ("Drama", "Romance")), ("Titanic", 1997, ("Drama", "Romance")),
    ("Clerks", 1994, ("Comedy",)), ("Airplane!", 1980, ("Comedy",)),
    ("Office Space", 1999, ("Comedy",)), ("Superbad", 2007, ("Comedy",)),
    ("Magnolia", 1999, ("Drama",)), ("Ikiru", 1952, ("Drama",)), ("Moonlight", 2016, ("Drama",)),
    ("Raging Bull", 1980, ("Drama",)), ("Rocky", 1976, ("Drama",)),
    ("12 Angry Men", 1957, ("Drama",)), ("All About Eve", 1950, ("Drama",)),
    ("Psycho", 1960, ("Crime", "Horror")), ("The Shining", 1980, ("Horror",)),
    ("Halloween", 1978, ("Horror",)), ("Alien", 1979, ("Horror", "Sci-Fi")),
    ("Scream", 1996, ("Comedy", "Horror")), ("The Exorcist", 1973, ("Horror",)),
    ("Solaris", 1972, ("Drama", "Sci-Fi")),
    ("Gattaca", 1997, ("Drama", "Sci-Fi", "Thriller")), ("The Matrix", 1999, ("Action", "Sci-Fi")),
    ("Die Hard", 1988, ("Action", "Thriller")), ("Speed", 1994, ("Action", "Thriller")),
    ("The Fugitive", 1993, ("Thriller",)), ("Cape Fear", 1991, ("Thriller",)),
    ("Blow-Up", 1966, ("Drama", "Thriller")), ("Vertigo", 1958, ("Drama", "Mystery")),
    ("Rear Window", 1954, ("Mystery", "Thriller")), ("Laura", 1944, ("Film-Noir", "Mystery")),
    ("The Third Man", 1949, ("Film-Noir", "Mystery")), ("M", 1931, ("Crime", "Film-Noir")),
    ("Unforgiven", 1992, ("Drama", "Western")), ("High Noon", 1952, ("Drama", "Western")),
    ("Cabaret", 1972, ("Drama", "Musical")), ("Hair", 1979, ("Comedy", "Musical")),
    ("Hoop Dreams", 1994, ("Documentary",)), ("Crumb", 1994, ("Documentary",)),
    ("Metropolis", 1927, ("Sci-Fi",)),
    ("Babe", 1995, ("Children", "Drama")), ("Platoon", 1986, ("Drama", "War")),
    ("Brazil", 1985, ("Fantasy", "Sci-Fi")), ("The Princess Bride", 1987, ("Comedy", "Fantasy")),
    ("Jaws", 1975, ("Action", "Horror")), ("Cast Away", 2000, ("Drama",)),
    ("Annie Hall", 1977, ("Comedy", "Romance")), ("Tootsie", 1982, ("Comedy", "Romance")),
    ("City Lights", 1931, ("Comedy", "Romance")), ("Casablanca", 1942, ("Drama", "Romance")),
    ("Top Gun", 1986, ("Action", "Romance")), ("GoodFellas", 1990, ("Crime", "Drama")),
    ("Pulp Fiction", 1994, ("Crime", "Drama")), ("Space Station", 2002, ("IMAX",)),
    ("Untitled", None, ()),
)  # fmt: skip


def elements(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in elements(svg) if element.tag.endswith("text")]
