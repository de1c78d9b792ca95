"""What a sticker menu offers: sections, dishes, prices, and the colours of its pages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.stickers.words import emoji_for
from arena.studios.vocabulary import Rgb

Item = tuple[str, str, str]
# Words of section headings, and the dishes of the house: emoji, name, price.
CARTE: tuple[tuple[tuple[str, ...], tuple[Item, ...]], ...] = (
    (
        ("appetizer", "starter", "antipast", "side", "snack", "tapas", "small"),
        (
            ("green-salad", "Garden Salad", "8"),
            ("french-fries", "Golden Fries", "5"),
            ("steaming-bowl", "Noodle Soup", "7"),
            ("dumpling", "Dumplings", "6"),
            ("fried-shrimp", "Crispy Shrimp", "9"),
        ),
    ),
    (
        ("salad", "vegan", "vegetarian", "bowl"),
        (
            ("green-salad", "Garden Salad", "8"),
            ("avocado", "Avocado Bowl", "10"),
            ("tomato", "Tomato Plate", "7"),
            ("broccoli", "Green Grill", "9"),
        ),
    ),
    (
        ("pizza",),
        (
            ("pizza", "Margherita", "11"),
            ("flatbread", "Focaccia", "9"),
            ("pizza", "Pepperoni", "13"),
            ("stuffed-flatbread", "Calzone", "12"),
        ),
    ),
    (
        ("sushi", "japanese", "fish", "sea"),
        (
            ("sushi", "Sushi Set", "14"),
            ("rice-ball", "Onigiri", "5"),
            ("fried-shrimp", "Tempura", "11"),
            ("crab", "Crab", "18"),
        ),
    ),
    (
        ("dessert", "sweet", "cake", "pastry", "bakery"),
        (
            ("shortcake", "Berry Cake", "7"),
            ("soft-ice-cream", "Ice Cream", "5"),
            ("custard", "Custard", "6"),
            ("doughnut", "Doughnut", "3"),
            ("pie", "Apple Pie", "6"),
        ),
    ),
    (
        ("drink", "beverage", "coffee", "tea", "bar", "cocktail", "wine", "juice"),
        (
            ("hot-beverage", "Coffee", "3"),
            ("tropical-drink", "Fruit Punch", "6"),
            ("cup-with-straw", "Lemonade", "4"),
            ("cocktail-glass", "House Cocktail", "9"),
        ),
    ),
    (
        ("breakfast", "brunch", "morning"),
        (
            ("pancakes", "Pancakes", "8"),
            ("cooking", "Fried Eggs", "6"),
            ("croissant", "Croissant", "3"),
            ("waffle", "Waffle", "7"),
        ),
    ),
    (
        ("burger", "sandwich", "grill", "street"),
        (
            ("hamburger", "House Burger", "12"),
            ("hot-dog", "Hot Dog", "7"),
            ("sandwich", "Club Sandwich", "9"),
            ("taco", "Tacos", "8"),
        ),
    ),
    (
        ("main", "entree", "pasta", "plate", "dinner", "lunch"),
        (
            ("spaghetti", "Spaghetti", "14"),
            ("cut-of-meat", "Grilled Steak", "21"),
            ("hamburger", "House Burger", "15"),
            ("poultry-leg", "Roast Chicken", "16"),
            ("fish", "Catch of the Day", "19"),
        ),
    ),
)
VIVID: tuple[tuple[Rgb, ...], ...] = (
    ((239, 71, 111), (255, 159, 28), (6, 167, 125), (17, 138, 178)),
    ((247, 91, 67), (64, 145, 240), (245, 178, 30), (130, 90, 210)),
    ((233, 64, 87), (38, 166, 154), (142, 68, 200), (240, 150, 40)),
    ((255, 107, 53), (0, 150, 136), (214, 51, 108), (60, 110, 220)),
    ((255, 196, 61), (255, 120, 130), (100, 210, 190), (150, 160, 250)),
)


@dataclass(frozen=True)
class Page:
    """What all layouts need: title, sections with dishes, colours and chance."""

    title: str
    sections: tuple[tuple[str, tuple[Item, ...]], ...]
    vivid: tuple[Rgb, ...]
    ink: str
    paper: str
    dark: bool
    rng: np.random.Generator


def dishes_for(section: str, rng: np.random.Generator) -> tuple[Item, ...]:
    """Three dishes for a section heading, in an order of chance; mains for headings not known."""
    word = section.lower()
    found = next((dishes for keys, dishes in CARTE if any(key in word for key in keys)), None)
    if found is None and emoji_for(word):
        name = emoji_for(word)
        return (
            (name, f"Fresh {section}", "7"),
            (name, f"Big {section}", "11"),
            (name, f"{section} Deluxe", "15"),
        )
    order = rng.permutation(len(found or CARTE[-1][1]))[:3]
    return tuple((found or CARTE[-1][1])[k] for k in sorted(order))
