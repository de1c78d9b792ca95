"""Which emoji stands for which noun: the whole vocabulary of the sticker studio."""

from __future__ import annotations

import re

from arena.studios.vocabulary import COLOURS, Rgb

# Emoji name, and the nouns it answers to; the first emoji that lists a noun has it.
_NOUNS_BY_EMOJI: dict[str, str] = {
    # creatures
    "dog-face": "dog puppy hound retriever labrador beagle corgi pup",
    "cat-face": "cat kitten tabby kitty feline",
    "rabbit-face": "rabbit bunny hare",
    "fox": "fox kit vixen",
    "bear": "bear cub grizzly",
    "panda": "panda",
    "tiger-face": "tiger",
    "lion": "lion lioness",
    "cow-face": "cow calf cattle",
    "pig-face": "pig piglet",
    "ewe": "sheep lamb ewe",
    "horse-face": "horse pony foal stallion",
    "unicorn": "unicorn",
    "deer": "deer fawn stag",
    "elephant": "elephant",
    "giraffe": "giraffe",
    "monkey-face": "monkey ape chimpanzee",
    "mouse-face": "mouse rat",
    "hedgehog": "hedgehog",
    "wolf": "wolf",
    "frog": "frog toad",
    "turtle": "turtle tortoise",
    "dragon-face": "dragon",
    "t-rex": "dinosaur tyrannosaurus",
    "baby-chick": "chick",
    "chicken": "chicken hen",
    "rooster": "rooster",
    "duck": "duck duckling",
    "swan": "swan goose",
    "owl": "owl",
    "eagle": "eagle hawk falcon",
    "bird": "bird sparrow robin songbird",
    "penguin": "penguin",
    "dove": "dove pigeon",
    "whale": "whale",
    "dolphin": "dolphin",
    "fish": "fish salmon trout goldfish",
    "crab": "crab",
    "butterfly": "butterfly moth",
    "honeybee": "bee honeybee bumblebee",
    "spider": "spider",
    # plants and sky
    "potted-plant": "plant houseplant pot fern monstera",
    "cactus": "cactus succulent",
    "deciduous-tree": "tree oak maple",
    "evergreen-tree": "pine fir spruce forest woods",
    "palm-tree": "palm beach",
    "seedling": "seedling sprout",
    "herb": "herb leaf basil mint parsley vegan organic garnish",
    "four-leaf-clover": "clover",
    "fallen-leaf": "autumn",
    "rose": "rose",
    "tulip": "tulip",
    "sunflower": "sunflower",
    "blossom": "flower daisy wildflower",
    "cherry-blossom": "blossom sakura",
    "bouquet": "bouquet florist",
    "mushroom": "mushroom toadstool",
    "sun-with-face": "sun sunshine",
    "full-moon": "moon lunar",
    "crescent-moon": "crescent",
    "star": "star",
    "glowing-star": "starlight",
    "cloud": "cloud",
    "cloud-with-rain": "rain drizzle",
    "umbrella-with-rain-drops": "umbrella",
    "snowflake": "snow snowflake winter",
    "snowman-without-snow": "snowman",
    "high-voltage": "lightning thunder electricity",
    "rainbow": "rainbow",
    "fire": "fire flame campfire",
    "droplet": "water drop dew",
    "water-wave": "wave sea ocean surf",
    "snow-capped-mountain": "mountain alpine peak hiking summit",
    "volcano": "volcano",
    "globe-showing-europe-africa": "globe earth world planet",
    "ringed-planet": "saturn orbit",
    "comet": "comet meteor",
    "milky-way": "galaxy space universe",
    # food and drink
    "sushi": "sushi nigiri maki",
    "pizza": "pizza pizzeria",
    "hamburger": "burger hamburger",
    "french-fries": "fries chips",
    "hot-dog": "hotdog sausage",
    "taco": "taco",
    "sandwich": "sandwich",
    "spaghetti": "pasta spaghetti",
    "steaming-bowl": "ramen noodle soup pho",
    "cooked-rice": "rice",
    "green-salad": "salad",
    "cut-of-meat": "steak meat beef grill",
    "poultry-leg": "drumstick",
    "bread": "bread loaf bakery toast",
    "baguette-bread": "baguette",
    "croissant": "croissant pastry",
    "pancakes": "pancake",
    "waffle": "waffle",
    "cheese-wedge": "cheese",
    "egg": "egg",
    "cooking": "omelette breakfast",
    "fried-shrimp": "shrimp prawn tempura",
    "dumpling": "dumpling gyoza",
    "birthday-cake": "cake birthday",
    "shortcake": "tart tiramisu",
    "cupcake": "cupcake muffin",
    "pie": "pie",
    "doughnut": "donut doughnut",
    "cookie": "cookie biscuit",
    "chocolate-bar": "chocolate cocoa",
    "candy": "candy sweet",
    "soft-ice-cream": "ice-cream gelato icecream sorbet",
    "custard": "custard pudding flan",
    "honey-pot": "honey",
    "red-apple": "apple",
    "pear": "pear",
    "tangerine": "orange tangerine mandarin",
    "lemon": "lemon",
    "banana": "banana",
    "watermelon": "watermelon melon",
    "grapes": "grape vineyard",
    "strawberry": "strawberry",
    "cherries": "cherry",
    "peach": "peach apricot",
    "pineapple": "pineapple",
    "avocado": "avocado",
    "tomato": "tomato",
    "carrot": "carrot",
    "broccoli": "broccoli vegetable",
    "ear-of-corn": "corn maize",
    "hot-pepper": "chili chilli pepper",
    "sheaf-of-rice": "wheat grain barley",
    "hot-beverage": "coffee espresso cappuccino latte cafe café caffè mug cup",
    "teacup-without-handle": "tea teacup matcha",
    "teapot": "teapot",
    "beer-mug": "beer brewery ale pub",
    "wine-glass": "wine winery",
    "cocktail-glass": "cocktail martini bar",
    "tropical-drink": "juice smoothie",
    "bottle-with-popping-cork": "champagne bottle prosecco",
    "glass-of-milk": "milk",
    "rice-ball": "onigiri",
    "chopsticks": "chopstick",
    "sake": "sake",
    "fork-and-knife-with-plate": "plate restaurant dinner dish bistro trattoria",
    "cook": "chef cook",
    "bellhop-bell": "cloche dome",
    # things
    "closed-book": "book notebook diary journal atlas novel bookshop library",
    "pencil": "pencil",
    "envelope": "letter envelope mail",
    "artist-palette": "palette artist art painting gallery",
    "camera": "camera photographer",
    "guitar": "guitar",
    "musical-note": "music song melody",
    "microphone": "microphone singer karaoke",
    "television": "television tv",
    "laptop": "laptop computer",
    "mobile-phone": "phone smartphone",
    "light-bulb": "lamp bulb idea",
    "candle": "candle",
    "alarm-clock": "clock alarm",
    "watch": "watch",
    "key": "key",
    "locked": "lock padlock",
    "hammer": "hammer",
    "wrench": "wrench mechanic garage",
    "gear": "gear cog machine",
    "telescope": "telescope observatory",
    "gem-stone": "diamond jewel gem crystal",
    "ring": "ring",
    "crown": "crown king queen royal",
    "top-hat": "hat",
    "sunglasses": "sunglasses",
    "dress": "dress gown",
    "running-shoe": "shoe sneaker trainer running",
    "backpack": "backpack rucksack",
    "balloon": "balloon",
    "wrapped-gift": "gift present",
    "party-popper": "party celebration",
    "teddy-bear": "teddy toy",
    "soccer-ball": "football soccer sport",
    "trophy": "trophy winner champion",
    "game-die": "die dice",
    "chair": "chair",
    "bed": "bed bedroom",
    "door": "door",
    "window": "window",
    "amphora": "vase amphora",
    "bowl-with-spoon": "bowl cereal",
    "package": "box parcel package crate",
    "shield": "shield",
    "crossed-swords": "sword blade warrior knight paladin",
    "crystal-ball": "orb fortune",
    "anchor": "anchor harbour harbor marina",
    "compass": "compass map navigation",
    # vehicles and places
    "automobile": "car automobile sedan convertible",
    "taxi": "taxi cab",
    "bus": "bus",
    "delivery-truck": "truck lorry van",
    "tractor": "tractor farm",
    "bicycle": "bicycle bike cycling",
    "motorcycle": "motorcycle motorbike",
    "locomotive": "train locomotive railway",
    "airplane": "airplane plane aeroplane aircraft flight",
    "rocket": "rocket launch liftoff spacecraft spaceship saturn-v",
    "flying-saucer": "ufo saucer lander",
    "satellite": "satellite module",
    "parachute": "parachute splashdown",
    "astronaut": "astronaut cosmonaut spacesuit",
    "sailboat": "boat sailboat yacht",
    "ship": "ship ferry",
    "house-with-garden": "house hut cabin cottage home villa",
    "castle": "castle fortress",
    "church": "church",
    "classical-building": "temple museum bank",
    "lighthouse": "lighthouse",
    "tent": "tent camping camp",
    "cityscape": "city skyline town downtown",
    # people and the rest
    "old-man": "grandfather grandpa",
    "old-woman": "grandmother grandma",
    "man": "man gentleman guy",
    "woman": "woman lady",
    "boy": "boy",
    "girl": "girl",
    "baby": "baby child toddler",
    "robot": "robot android",
    "alien": "alien martian",
    "ghost": "ghost",
    "mage": "wizard mage sorcerer",
    "red-heart": "heart love",
    "eyes": "eye",
    "blue-circle": "sphere ball circle marble bubble",
    "ice": "cube block",
    "triangular-ruler": "triangle pyramid cone",
    "triangular-flag": "flag banner footprint",
}
NOUNS: dict[str, str] = {
    noun: emoji for emoji, nouns in reversed(_NOUNS_BY_EMOJI.items()) for noun in nouns.split()
}
# Words that name a way of drawing, not a thing in the picture.
_CRAFT = frozenset({"painting", "picture", "art", "film", "camera", "artist", "mirror", "drop"})
_ENDINGS = (("ves", "f"), ("ies", "y"), ("oes", "o"), ("es", ""), ("s", ""))


def emoji_for(word: str) -> str:
    """The emoji that stands for a noun, singular or plural; empty if there is none."""
    lower = word.lower()
    if lower in NOUNS:
        return NOUNS[lower]
    for ending, put in _ENDINGS:
        stem = lower[: -len(ending)] + put
        if lower.endswith(ending) and stem in NOUNS:
            return NOUNS[stem]
    return ""


def read_emoji(text: str, *, craft: bool = False) -> tuple[str, ...]:
    """Emoji for the nouns of a text in order, each once; `craft` also takes `painting` and such."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower())
    found: dict[str, None] = {}
    for word in words:
        parts = [word] if emoji_for(word) else word.split("-")
        for part in parts:
            if emoji_for(part) and (craft or part not in _CRAFT):
                found.setdefault(emoji_for(part))
    return tuple(found)


def read_tints(text: str) -> dict[str, Rgb]:
    """Colours that the text gives to nouns (`red bicycle`, `blue glass ball`), by emoji."""
    tokens = re.findall(r"[\w'-]+|[,.;]", text.lower())
    found: dict[str, Rgb] = {}
    for at, token in enumerate(tokens):
        name = emoji_for(token)
        if not name or token in COLOURS:
            continue
        for before in reversed(tokens[max(0, at - 3) : at]):
            if before in COLOURS:
                found.setdefault(name, COLOURS[before])
                break
            if not before[0].isalpha() or emoji_for(before):
                break
    return found
