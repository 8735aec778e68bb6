"""The names of states: which are the same, and which cities and palaces stand for one."""

from __future__ import annotations

import re

__all__ = ["capital_of", "is_adjective", "is_region", "is_state", "land", "state_of_adjective"]

# Keys of names as `names.name_key` makes them. The states that news names in English, under their usual short names.
_SHORT = frozenset(
    """afghanistan|albania|algeria|andorra|angola|antigua and barbuda|argentina|armenia|australia|austria|azerbaijan|bahamas|
    bahrain|bangladesh|barbados|belarus|belgium|belize|benin|bhutan|bolivia|bosnia and herzegovina|bosnia|botswana|brazil|
    brunei|bulgaria|burkina faso|burundi|cambodia|cameroon|canada|cape verde|central african republic|chad|chile|china|
    colombia|comoros|costa rica|croatia|cuba|cyprus|czechia|denmark|djibouti|dominica|dominican republic|
    democratic republic of the congo|republic of the congo|east timor|ecuador|egypt|el salvador|equatorial guinea|eritrea|
    estonia|eswatini|ethiopia|fiji|finland|france|gabon|gambia|germany|ghana|greece|grenada|guatemala|guinea|guinea bissau|
    guyana|haiti|honduras|hungary|iceland|india|indonesia|iran|iraq|ireland|israel|italy|côte divoire|jamaica|japan|
    kazakhstan|kenya|kiribati|kosovo|kuwait|kyrgyzstan|laos|latvia|lebanon|lesotho|liberia|libya|liechtenstein|lithuania|
    luxembourg|madagascar|malawi|malaysia|maldives|mali|malta|marshall islands|mauritania|mauritius|mexico|micronesia|
    moldova|monaco|mongolia|montenegro|morocco|mozambique|myanmar|namibia|nauru|nepal|netherlands|new zealand|nicaragua|
    niger|nigeria|north korea|north macedonia|norway|oman|pakistan|palau|panama|papua new guinea|paraguay|peru|philippines|
    poland|portugal|qatar|romania|russia|rwanda|saint lucia|samoa|san marino|saudi arabia|senegal|serbia|seychelles|
    sierra leone|singapore|slovakia|slovenia|solomon islands|somalia|south africa|south korea|south sudan|spain|sri lanka|
    sudan|suriname|sweden|switzerland|syria|taiwan|tajikistan|tanzania|thailand|togo|tonga|trinidad and tobago|tunisia|
    turkey|turkmenistan|tuvalu|uganda|ukraine|united arab emirates|united kingdom|united states|uruguay|uzbekistan|vanuatu|
    venezuela|vietnam|yemen|zambia|zimbabwe|soviet union""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
# Other names. Those of the two Koreas, Chinas and Congos are never made by shortening.
_SAME = {
    "us": "united states",
    "usa": "united states",
    "america": "united states",
    "uk": "united kingdom",
    "britain": "united kingdom",
    "great britain": "united kingdom",
    "russian federation": "russia",
    "people republic of china": "china",
    "prc": "china",
    "republic of china": "taiwan",
    "republic of korea": "south korea",
    "rok": "south korea",
    "democratic people republic of korea": "north korea",
    "dprk": "north korea",
    "drc": "democratic republic of the congo",
    "uae": "united arab emirates",
    "ussr": "soviet union",
    "burma": "myanmar",
    "timor leste": "east timor",
    "czech republic": "czechia",
    "slovak republic": "slovakia",
    "kyrgyz republic": "kyrgyzstan",
    "hellenic republic": "greece",
    "french republic": "france",
    "syrian arab republic": "syria",
    "swiss confederation": "switzerland",
    "holland": "netherlands",
    "türkiye": "turkey",
    "ivory coast": "côte divoire",
    "viet nam": "vietnam",
}
_FORMAL = re.compile(
    r"^(?:.*\b)?(?:republic|kingdom|state|states|federation|union|government|commonwealth) of (?:the )?(?P<land>.+)$"
)
_CAPITALS = {
    "washington": "united states",
    "kremlin": "russia",
    "moscow": "russia",
    "downing street": "united kingdom",
    "10 downing street": "united kingdom",
    "whitehall": "united kingdom",
    "london": "united kingdom",
    "beijing": "china",
    "paris": "france",
    "elysée": "france",
    "berlin": "germany",
    "rome": "italy",
    "madrid": "spain",
    "tokyo": "japan",
    "seoul": "south korea",
    "blue house": "south korea",
    "pyongyang": "north korea",
    "new delhi": "india",
    "delhi": "india",
    "islamabad": "pakistan",
    "tehran": "iran",
    "baghdad": "iraq",
    "ankara": "turkey",
    "kyiv": "ukraine",
    "kiev": "ukraine",
    "warsaw": "poland",
    "brussels": "european union",
    "ottawa": "canada",
    "canberra": "australia",
    "brasilia": "brazil",
    "riyadh": "saudi arabia",
    "cairo": "egypt",
    "jakarta": "indonesia",
    "manila": "philippines",
    "hanoi": "vietnam",
    "taipei": "taiwan",
    "havana": "cuba",
    "caracas": "venezuela",
    "pretoria": "south africa",
    "nairobi": "kenya",
    "kabul": "afghanistan",
    "damascus": "syria",
    "jerusalem": "israel",
    "athens": "greece",
    "budapest": "hungary",
    "bogota": "colombia",
    "bogotá": "colombia",
    "lima": "peru",
    "buenos aires": "argentina",
    "dublin": "ireland",
    "stockholm": "sweden",
    "oslo": "norway",
    "helsinki": "finland",
    "copenhagen": "denmark",
    "vienna": "austria",
    "bern": "switzerland",
    "bangkok": "thailand",
    "phnom penh": "cambodia",
    "dhaka": "bangladesh",
    "colombo": "sri lanka",
    "kathmandu": "nepal",
    "addis ababa": "ethiopia",
    "abuja": "nigeria",
    "accra": "ghana",
    "khartoum": "sudan",
    "minsk": "belarus",
    "tbilisi": "georgia",
    "belgrade": "serbia",
    "bucharest": "romania",
    "sofia": "bulgaria",
    "prague": "czechia",
    "lisbon": "portugal",
    "the hague": "netherlands",
    "wellington": "new zealand",
}


def _halves(line: str) -> tuple[str, str]:
    """Adjective and state; an adjective of two words ends like one: "south korean south korea"."""
    words = line.split()
    count = 2 if words[0] in ("north", "south", "sri") else 1
    return " ".join(words[:count]), " ".join(words[count:])


_ADJECTIVES = {
    adjective: state
    for line in """
afghan afghanistan|albanian albania|algerian algeria|american united states|argentine argentina|argentinian argentina|
armenian armenia|australian australia|austrian austria|azerbaijani azerbaijan|bahraini bahrain|bangladeshi bangladesh|
belarusian belarus|belgian belgium|bolivian bolivia|bosnian bosnia|brazilian brazil|british united kingdom|
bulgarian bulgaria|burmese myanmar|cambodian cambodia|cameroonian cameroon|canadian canada|chilean chile|chinese china|
colombian colombia|croatian croatia|cuban cuba|cypriot cyprus|czech czechia|danish denmark|dutch netherlands|
ecuadorian ecuador|egyptian egypt|emirati united arab emirates|eritrean eritrea|estonian estonia|ethiopian ethiopia|
finnish finland|french france|georgian georgia|german germany|ghanaian ghana|greek greece|guatemalan guatemala|
haitian haiti|honduran honduras|hungarian hungary|icelandic iceland|indian india|indonesian indonesia|iranian iran|
iraqi iraq|irish ireland|israeli israel|italian italy|jamaican jamaica|japanese japan|jordanian jordan|
kazakh kazakhstan|kenyan kenya|kuwaiti kuwait|kyrgyz kyrgyzstan|laotian laos|latvian latvia|lebanese lebanon|
liberian liberia|libyan libya|lithuanian lithuania|malaysian malaysia|malian mali|maltese malta|
mauritanian mauritania|mexican mexico|moldovan moldova|mongolian mongolia|montenegrin montenegro|moroccan morocco|
mozambican mozambique|namibian namibia|nepalese nepal|nepali nepal|nicaraguan nicaragua|nigerian nigeria|
nigerien niger|north korean north korea|norwegian norway|omani oman|pakistani pakistan|panamanian panama|
paraguayan paraguay|peruvian peru|philippine philippines|polish poland|portuguese portugal|qatari qatar|
romanian romania|russian russia|rwandan rwanda|saudi saudi arabia|senegalese senegal|serbian serbia|
singaporean singapore|slovak slovakia|slovenian slovenia|somali somalia|south african south africa|
south korean south korea|spanish spain|sri lankan sri lanka|sudanese sudan|swedish sweden|swiss switzerland|
syrian syria|taiwanese taiwan|tajik tajikistan|tanzanian tanzania|thai thailand|tunisian tunisia|turkish turkey|
turkmen turkmenistan|ugandan uganda|ukrainian ukraine|uruguayan uruguay|uzbek uzbekistan|venezuelan venezuela|
vietnamese vietnam|yemeni yemen|zambian zambia|zimbabwean zimbabwe|soviet soviet union""".split("|")
    for adjective, state in [_halves(line.strip())]
}
_FAITHS = frozenset(
    """european african asian arab arabic western eastern northern southern central latin muslim islamic christian jewish catholic
    protestant orthodox buddhist hindu sikh sunni shia shiite kurdish palestinian transatlantic scottish welsh english""".split()
)
_REGIONS = frozenset(
    "europe|asia|africa|antarctica|antarctic|arctic|middle east|latin america|central america|south america|"
    "north america|eurasia|oceania|balkans|caucasus|sahel|maghreb|horn of africa|indo pacific|asia pacific|pacific|"
    "atlantic|caribbean|mediterranean|scandinavia|southeast asia|gulf|far east|west bank|sub saharan africa".split("|")
)
_COMPASS = re.compile(
    r"^(?:north|south|east|west|central|northern|southern|eastern|western|northeast|northwest|southeast|southwest|upper|lower)"
    r"(?:ern)? (?=\w)"
)


def land(key: str) -> str:
    """The short name of a state, from the key of a name: "government of the people republic of china" is "china"."""
    while key not in _SAME and key not in _SHORT and " of " in key and (match := _FORMAL.match(key)) is not None:
        key = match["land"]
    key = key.removesuffix(" of america")
    if key.endswith(" government"):
        own = key.removesuffix(" government")
        key = _ADJECTIVES.get(own, own)
    return _SAME.get(key, key)


def is_state(key: str) -> bool:
    """Whether a name is that of a state, under whatever of its names."""
    return land(key) in _SHORT


def capital_of(key: str) -> str | None:
    """The state that a city or palace stands for, where it acts; only a text that names the state settles that it does."""
    return _CAPITALS.get(key)


def state_of_adjective(key: str) -> str | None:
    """The state that an adjective belongs to: "saudi" is of "saudi arabia"."""
    return _ADJECTIVES.get(key)


def is_adjective(key: str) -> bool:
    """Whether a name is only an adjective of a nation, a region or a faith, or its people: "Kenyan", "Kenyans"."""
    forms = {form for form in (key, _COMPASS.sub("", key)) for form in (form, form.removesuffix("s"))}
    return any(form in _ADJECTIVES or form in _FAITHS for form in forms)


def is_region(key: str) -> bool:
    """Whether a name is that of a part of the world, which acts for nobody."""
    return not is_state(key) and (key in _REGIONS or _COMPASS.sub("", key) in _REGIONS)
