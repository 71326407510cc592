"""Exports of other sites in their true formats, with invented content."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

LETTERBOXD = {
    "profile.csv": "Date Joined,Username,Email Address\n2019-01-01,someone,someone@example.org\n",
    "ratings.csv": (
        "Date,Name,Year,Letterboxd URI,Rating\n"
        "2020-03-01,Alien,1979,https://boxd.it/29Mc,4.5\n"
        "2021-05-02,Amélie,2001,https://boxd.it/2aHy,3\n"
    ),
    "watched.csv": (
        "Date,Name,Year,Letterboxd URI\n"
        "2020-03-01,Alien,1979,https://boxd.it/29Mc\n"
        "2020-03-02,Heat,1995,https://boxd.it/2bg8\n"
    ),
    "watchlist.csv": "Date,Name,Year,Letterboxd URI\n2022-01-01,Solaris,1972,https://boxd.it/1\n",
    "likes/films.csv": "Date,Name,Year,Letterboxd URI\n2020-03-02,Heat,1995,https://boxd.it/2bg8\n",
    "diary.csv": (
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
        '2020-03-01,Alien,1979,https://boxd.it/aaa,4.5,Yes,"cinema, with Ann",2020-02-29\n'
        "2020-03-02,Heat,1995,https://boxd.it/bbb,,,,2020-03-01\n"
    ),
    "reviews.csv": (
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date\n"
        '2020-03-01,Alien,1979,https://boxd.it/aaa,4.5,Yes,"In <i>space</i>\nno ""one"".",,'
        "2020-02-29\n"
    ),
    "lists/space.csv": (
        "Letterboxd list export v7\n"
        "Date,Name,Tags,URL,Description\n"
        '2020-04-01,Space,,https://boxd.it/l,"Two\nlines"\n'
        "\n"
        "Position,Name,Year,URL,Description\n"
        "1,Solaris,1972,https://boxd.it/1,\n"
        "2,Alien,1979,https://boxd.it/2,Loud.\n"
    ),
    "deleted/diary.csv": (
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
        "2020-03-02,Solaris,1972,https://boxd.it/ccc,0.5,,,2020-03-01\n"
    ),
    "orphaned/diary.csv": (
        "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
        "2020-03-02,Solaris,1972,https://boxd.it/ccc,0.5,,,2020-03-01\n"
    ),
}

IMDB_2012 = (
    '"position","const","created","modified","description","Title","Title type","Directors",'
    '"You rated","IMDb Rating","Runtime (mins)","Year","Genres","Num. Votes",'
    '"Release Date (month/day/year)","URL"\n'
    '"1","tt0078748","Sun Mar  1 00:00:00 2015","","","Alien","Feature Film","Ridley Scott",'
    '"9","8.5","117","1979","horror","600000","1979-05-25","http://www.imdb.com/title/tt0078748/"\n'
    '"2","tt0903747","Sun Mar  1 00:00:00 2015","","","Breaking Bad","TV Series","",'
    '"10","9.5","45","2008","drama","900000","2008-01-20","http://www.imdb.com/title/tt0903747/"\n'
)
IMDB_2017 = (
    "Const,Your Rating,Date Added,Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres\n"
    "tt0078748,9,2017-11-02,Alien,https://www.imdb.com/title/tt0078748/,movie,8.5,117,1979,Horror\n"
)
IMDB_2018 = (
    "Const,Your Rating,Date Rated,Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,"
    "Num Votes,Release Date,Directors\n"
    "tt0078748,9,2019-01-02,Alien,https://www.imdb.com/title/tt0078748/,movie,8.5,117,1979,"
    "Horror,600000,1979-05-25,Ridley Scott\n"
    "tt0903747,10,2019-01-02,Breaking Bad,https://www.imdb.com/title/tt0903747/,tvSeries,9.5,45,"
    "2008,Drama,900000,2008-01-20,\n"
)
IMDB_2024 = (
    "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),"
    "Year,Genres,Num Votes,Release Date,Directors\n"
    "tt0078748,9,2024-07-02,Alien,Alien,https://www.imdb.com/title/tt0078748/,Movie,8.5,117,1979,"
    "Horror,600000,1979-05-25,Ridley Scott\n"
    "tt0944947,8,2024-07-02,Game of Thrones,Game of Thrones,https://www.imdb.com/title/tt0944947/,"
    "TV Series,9.2,57,2011,Drama,2000000,2011-04-17,\n"
    "tt0113277,,,Heat,Heat,https://www.imdb.com/title/tt0113277/,Movie,8.3,170,1995,Crime,1,,\n"
)
IMDB_WATCHLIST = (
    "Position,Const,Created,Modified,Description,Title,Original Title,URL,Title Type,IMDb Rating,"
    "Runtime (mins),Year,Genres,Num Votes,Release Date,Directors,Your Rating,Date Rated\n"
    "1,tt0069293,2023-01-02,2023-01-02,,Solaris,Solyaris,https://www.imdb.com/title/tt0069293/,"
    "Movie,8.0,167,1972,Drama,90000,1972-03-20,Andrei Tarkovsky,,\n"
)

MOVIELENS = (
    "movie_id,imdb_id,tmdb_id,rating,average_rating,title\n"
    "1214,0078748,348,4.5,4.03,Alien (1979)\n"
    "6,0113277,949,0.5,3.9,Heat (1995)\n"
)
MOVIELENS_WISHLIST = (
    "movie_id,imdb_id,tmdb_id,average_rating,title\n1,0069293,593,4.1,Solaris (1972)\n"
)


def trakt_movie(title: str, year: int, imdb: str, tmdb: int) -> dict:
    ids = {"trakt": 7, "slug": title.lower(), "imdb": imdb, "tmdb": tmdb}
    return {"title": title, "year": year, "ids": ids}


ALIEN = trakt_movie("Alien", 1979, "tt0078748", 348)
HEAT = trakt_movie("Heat", 1995, "tt0113277", 949)
SOLARIS = trakt_movie("Solaris", 1972, "tt0069293", 593)
TRAKT = {
    "ratings-movies.json": [
        {"rated_at": "2024-01-15T10:30:00.000Z", "rating": 9, "type": "movie", "movie": ALIEN}
    ],
    "ratings-shows.json": [
        {"rated_at": "2024-01-15T10:30:00.000Z", "rating": 9, "type": "show", "show": ALIEN}
    ],
    "watched-movies.json": [
        {
            "plays": 2,
            "last_watched_at": "2024-01-14T21:00:00.000Z",
            "last_updated_at": "2024-01-14T21:00:00.000Z",
            "movie": HEAT,
        }
    ],
    "history-1.json": [
        {
            "id": 1,
            "watched_at": "2024-01-14T21:00:00.000Z",
            "action": "watch",
            "type": "movie",
            "movie": HEAT,
        }
    ],
    "lists-watchlist.json": [
        {
            "rank": 1,
            "id": 2,
            "listed_at": "2024-02-01T00:00:00.000Z",
            "notes": None,
            "type": "movie",
            "movie": SOLARIS,
        }
    ],
    "user-profile.json": {"username": "someone"},
}
TRAKT_CSV = (
    "rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,tmdb_id,tvdb_id,url,released,"
    "season_number,episode_number,episode_title,episode_released,episode_trakt_rating,"
    "episode_trakt_id,episode_imdb_id,episode_tmdb_id,episode_tvdb_id,genres,rating\n"
    "2024-01-15T10:30:00Z,movie,Alien,1979,8.1,7,tt0078748,348,,https://trakt.tv/movies/alien,"
    "1979-05-25,,,,,,,,,,horror,9\n"
    "2024-01-15T10:30:00Z,show,Dark,2017,8.1,8,tt5753856,70523,,https://trakt.tv/shows/dark,"
    "2017-12-01,,,,,,,,,,drama,9\n"
)
SIMKL = {
    "shows": [],
    "anime": [],
    "movies": [
        {
            "status": "completed",
            "user_rating": 7,
            "user_rated_at": "2023-05-01T12:00:00Z",
            "last_watched_at": "2023-05-01T11:00:00Z",
            "added_to_watchlist_at": None,
            "movie": {"title": "Alien", "year": 1979, "ids": {"simkl": 1, "tmdb": "348"}},
        },
        {
            "status": "plantowatch",
            "user_rating": None,
            "added_to_watchlist_at": "2023-06-01T12:00:00Z",
            "movie": {"title": "Solaris", "year": 1972, "ids": {"imdb": "tt0069293"}},
        },
        {
            "status": "completed",
            "user_rating": None,
            "last_watched_at": "2023-05-01T11:00:00Z",
            "movie": {"title": "Heat", "year": 1995, "ids": {"imdb": "tt0113277"}},
        },
        {"status": "dropped", "user_rating": None, "movie": {"title": "Amélie", "year": 2001}},
    ],
}
TMDB = (
    "TMDb ID,IMDb ID,Type,Name,Release Date,Season Number,Episode Number,Rating,Your Rating,"
    "Date Rated\n"
    "348,tt0078748,movie,Alien,1979-05-25,,,8.2,9,2022-02-02T10:00:00Z\n"
    "1396,tt0903747,tv,Breaking Bad,2008-01-20,,,8.9,10,2022-02-02T10:00:00Z\n"
    "593,tt0069293,movie,Solaris,1972-03-20,,,7.8,,\n"
)
CRITICKER = (
    '<?xml version="1.0" encoding="utf-8"?>\n<recentratings>\n'
    "<film><filmid>1</filmid><filmname>Alien (1979)</filmname>"
    "<filmlink>https://www.criticker.com/film/Alien/</filmlink><imdbid>tt0078748</imdbid>"
    "<rating>90</rating><reviewdate>Apr 23 2017, 08:18</reviewdate><tier>10</tier></film>\n"
    "<film><filmid>2</filmid><filmname>Heat (1995)</filmname><imdbid>tt0113277</imdbid>"
    "<rating>0</rating><reviewdate>Apr 24 2017, 08:18</reviewdate><tier>1</tier></film>\n"
    "</recentratings>\n"
)
NETFLIX = 'Title,Date\n"Alien","10/21/20"\n"Dark: Season 1: Secrets","10/20/20"\n"Heat","1/2/21"\n'
_TVTIME_HEADER = (
    "user_id,type-uuid-n,watch_count,watches,type,uuid,updated_at,alpha_range_key,movie_name,"
    "release_date_range_key,follow_date_range_key,release_date,runtime,created_at,entity_type"
)
TVTIME = {
    "gdpr-data/tracking-prod-records.csv": (
        f"{_TVTIME_HEADER}\n"
        "1,watch-a-0,,,watch,a,2021-01-02 20:00:00,watch-alpha-alien,Alien,,,"
        "1979-05-25 00:00:00,7020,2021-01-02 20:00:00,movie\n"
        "1,towatch-b-0,,,towatch,b,2021-01-03 20:00:00,x,Solaris,,,"
        "1972-03-20 00:00:00,10020,2021-01-03 20:00:00,movie\n"
        "1,watch-c-0,,,watch,c,2021-01-02 20:00:00,x,,,,,2400,2021-01-02 20:00:00,episode\n"
        "1,count-watch-movie,1,[a],count-watch-movie,,2021-01-02 20:00:00,,,,,,,"
        "2021-01-02 20:00:00,\n"
    ),
    "gdpr-data/ratings-live-votes.csv": (
        "uuid,user_id,episode_id,movie_name,vote_key\na,1,0,Alien,a-b-c-1-29\n"
    ),
    "gdpr-data/emotions-live-votes.csv": (
        "uuid,user_id,episode_id,movie_name,vote_key\na,1,0,Alien,a-b-c-1-3\n"
    ),
    "gdpr-data/tracking-prod-records-v2.csv": "key,ep_id,s_id,created_at\nwatch-episode-1,1,2,x\n",
    "gdpr-data/device_data.csv": "device,created_at\nphone,2020-01-01\n",
}
OWN = {
    "README.txt": "Everything this site keeps about someone.\n",
    "account.json": "{}",
    "ratings.csv": (
        "movie_id,title,year,imdb_id,tmdb_id,movielens_id,stars,rated_at,updated_at,"
        "prediction_shown\r\n"
        "991,Alien,1979,tt0078748,348,1214,4.5,2024-03-01T19:00:00.5+00:00,"
        "2024-03-01T19:00:00.5+00:00,False\r\n"
    ),
    "marks.csv": (
        "movie_id,title,year,imdb_id,tmdb_id,movielens_id,kind,created_at\r\n"
        "992,Solaris,1972,tt0069293,593,,watchlist,2024-03-02T19:00:00+00:00\r\n"
        "993,Heat,1995,tt0113277,949,6,not_interested,2024-03-02T19:00:00+00:00\r\n"
    ),
    "list_entries.csv": (
        "list_id,list,place,movie_id,title,year,imdb_id,tmdb_id,movielens_id,note,added_at\r\n"
        "5,'=Sums,1,991,Alien,1979,tt0078748,348,1214,'+1,2024-03-02T19:00:00+00:00\r\n"
    ),
    "viewings.csv": (
        "movie_id,title,year,imdb_id,tmdb_id,movielens_id,watched,is_rewatch,tags,note,created_at,"
        "updated_at\r\n"
        '991,Alien,1979,tt0078748,348,1214,2024-02,True,"cinema, late",Loud.,'
        "2024-03-02T19:00:00+00:00,2024-03-02T19:00:00+00:00\r\n"
    ),
}


def csv_file(text: str, name: str = "export.csv", encoding: str = "utf-8") -> io.BytesIO:
    return named(text.encode(encoding), name)


def json_file(content: object, name: str = "export.json") -> io.BytesIO:
    return named(json.dumps(content).encode(), name)


def zip_file(files: Mapping[str, object], name: str = "export.zip", folder: str = "") -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            text = content if isinstance(content, str | bytes) else json.dumps(content)
            archive.writestr(folder + path, text)
    return named(packed.getvalue(), name)


def named(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file
