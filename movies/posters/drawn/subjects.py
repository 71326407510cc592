# ruff: noqa: E501 (the words of a motif are read in one piece)
"""Words of titles and descriptions that call for a motif, whatever the genre."""

import re
from collections.abc import Iterator
from functools import lru_cache

from movies.posters.drawn.motifs import (
    MOTIFS,
    Motif,
    action,
    comedy,
    crime,
    drama,
    horror_and_thriller,
    journeys,
    musical_and_documentary,
    noir_and_west,
    romance,
    science_fiction,
    screens,
    things,
    war_and_fantasy,
    young,
)
from movies.titles import fold

# English only: descriptions come in other languages too, and then the genre decides. Each word
# names what the film shows; words that films use of everything (love, man, night) say nothing.
SUBJECTS: dict[Motif, str] = {
    action.bomb: "bomb bomber bombs explosive warhead warheads",
    action.tower: "tower skyscraper towering",
    comedy.bowler: "tramp butler",
    comedy.bow_tie: "waiter dinner party comedian",
    comedy.cocktail: "bar hotel holiday resort cocktail drinking drunk drunken",
    comedy.sunglasses: "beach surf surfers hollywood miami",
    crime.ace: "poker gambler gambling casino cards",
    crime.banknotes: "money fortune millionaire millions robbery bank broker heist ransom",
    crime.bars: "prison jail convict convicts prisoner prisoners alcatraz penitentiary",
    crime.bullet_holes: "hitman assassin assassins gunman shootout",
    crime.fedora: "gangster gangsters mafia mob godfather capone",
    crime.fingerprint: "murderer suspect policeman policemen police cop cops",
    crime.skyline: "manhattan metropolis chicago",
    drama.road: "road highway hitchhiker",
    drama.stairs: "stairs steps attic",
    drama.bare_tree: "orchard woods",
    horror_and_thriller.claws: "werewolf wolf wolves beast monster tiger lion lions bear panther leopards",
    horror_and_thriller.hand: "zombie zombies undead grave",
    horror_and_thriller.house: "haunted mansion",
    horror_and_thriller.jaws: "shark sharks dinosaur dinosaurs crocodile",
    horror_and_thriller.knife: "stabbed knife slasher",
    horror_and_thriller.skull: "cannibal cannibals plague pirates",
    journeys.candle: "priest nun monastery convent abbey church faith",
    journeys.compass: "expedition explorer explorers navigator",
    journeys.footprints: "tracks penguins walking",
    journeys.labyrinth: "labyrinth maze",
    journeys.magnifier: "detective detectives sleuth investigator clue clues",
    journeys.palm: "island jungle castaway tropical desert hawaii arabia",
    journeys.peaks: "mountain mountains climber climbers everest alps summit",
    journeys.ship: "ship ships sea ocean sailor sailors voyage titanic boat captain yacht submarine pirate",
    journeys.treasure_map: "treasure archaeologist",
    musical_and_documentary.curtain: "theatre stage actor actress ballet ballerina opera cabaret broadway dancer dance dancing",
    musical_and_documentary.film_strip: "filmmaker filmmakers cinema movie movies screenwriter documentary",
    musical_and_documentary.keys: "piano pianist composer",
    musical_and_documentary.microphone: "singer sings radio",
    musical_and_documentary.record: "rock band disco album",
    noir_and_west.badge: "sheriff marshal ranger rangers",
    noir_and_west.mesas: "outlaw outlaws frontier texas",
    noir_and_west.wheel: "stagecoach wagon settlers",
    romance.bicycle: "bicycle cyclist",
    romance.letter: "letter letters postman mail",
    romance.lips: "kiss kissing seduce seduces",
    romance.rose: "rose flower flowers garden",
    romance.umbrella: "rain umbrella umbrellas",
    science_fiction.orbits: "scientist physicist nuclear atomic",
    science_fiction.ringed_planet: "planet planets galaxy universe",
    science_fiction.robot: "robot robots android cyborg replicant replicants machine machines",
    science_fiction.rocket: "space astronaut astronauts spaceship shuttle moon mars rocket",
    science_fiction.saucer: "alien aliens extraterrestrial ufo martians",
    screens.reel: "director projectionist",
    things.aeroplane: "aeroplane plane pilot pilots airliner flight fighters airport flying",
    things.ball: "football basketball baseball hockey soccer tennis golf bowling cricket",
    things.clock: "clock clocks tomorrow yesterday",
    things.ghost: "ghost ghosts spirit spirits haunts poltergeist ghostbusters",
    things.gloves: "boxer boxing wrestler heavyweight",
    things.guitar: "guitar guitarist musician musicians folk",
    things.horseshoe: "horse horses cowboy cowboys jockey",
    things.motor_car: "car cars driver racing taxi cab drives",
    things.open_book: "writer writers novelist poet book books library librarian novel diary author reader",
    things.paw: "dog dogs puppy puppies cat cats hound fox pet",
    things.rings: "wedding weddings bride marriage marry bridesmaid fiancee",
    things.snowflake: "snow christmas winter ice frozen antarctic arctic snowbound",
    things.telephone: "telephone phone caller wiretap",
    things.train: "train trains railway locomotive station express",
    horror_and_thriller.eye: "blind watches spy spies voyeur surveillance eyes",
    horror_and_thriller.keyhole: "secret secrets door burglar burglars thief thieves",
    horror_and_thriller.shards: "mirror mirrors",
    horror_and_thriller.spiral: "dream dreams amnesia hypnotist mind memory memories",
    war_and_fantasy.barbed_wire: "camp auschwitz holocaust ghetto nazi nazis trench trenches",
    war_and_fantasy.castle: "castle princess prince kingdom fairy",
    war_and_fantasy.crescent: "sorcerer wizard wizards magic magical witch witches",
    war_and_fantasy.crown: "king queen emperor empress throne royal crown",
    war_and_fantasy.great_tree: "forest elves woodland",
    war_and_fantasy.helmet: "soldier soldiers army war platoon marine marines",
    war_and_fantasy.sword: "knight knights samurai swordsman swordsmen sword gladiator warrior warriors viking",
    young.fish: "fish fisherman fishing mermaid",
    young.hot_air_balloon: "balloon balloons",
    young.kite: "kite",
    young.pile: "toy toys doll",
    young.whale: "whale whales",
}  # fmt: skip

_BY_WORD: dict[str, Motif] = {
    word: motif for motif, words in SUBJECTS.items() for word in words.split()
}
# In films made before 1960 these genres look like film noir.
_NOIR_GENRES = ("Crime", "Mystery", "Thriller")
_NOIR_YEARS = range(1930, 1960)


@lru_cache(maxsize=4096)
def motifs_for(
    title: str, year: int | None, genres: tuple[str, ...], description: str
) -> tuple[Motif, ...]:
    """Motifs that fit best: what the title names, else the description, else those of the genre.

    genres: as `genres_by_rarity` gives them.
    """
    for text in (title, description):
        if named := tuple(dict.fromkeys(_named(text))):
            return named
    if genres[0] in _NOIR_GENRES and year in _NOIR_YEARS:
        return MOTIFS["Film-Noir"]
    return MOTIFS[genres[0]]


def _named(text: str) -> Iterator[Motif]:
    for word in re.split(r"\s+", fold(text)):
        if motif := _BY_WORD.get(word):
            yield motif
