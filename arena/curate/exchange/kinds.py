"""Every kind of row that is exchanged, in the order in which one needs the other."""

from .catalog_sheets import (
    ClaimSheet,
    LabSheet,
    ModelSheet,
    OfferingSheet,
    PriceRuleSheet,
    ProviderSheet,
    SiblingSheet,
    TextSheet,
)
from .challenge_sheets import CategorySheet, ChallengeSheet, PromptSheet, ReferenceSheet
from .sheets import Sheet

CATALOGUE: dict[str, type[Sheet]] = {
    "labs": LabSheet,
    "providers": ProviderSheet,
    "models": ModelSheet,
    "siblings": SiblingSheet,
    "offerings": OfferingSheet,
    "price-rules": PriceRuleSheet,
    "texts": TextSheet,
    "claims": ClaimSheet,
}
CHALLENGES: dict[str, type[Sheet]] = {
    "categories": CategorySheet,
    "challenges": ChallengeSheet,
    "prompts": PromptSheet,
}
IMPORTED = CATALOGUE | CHALLENGES
# Told in an export, passed over by an import: a picture's file is no row.
TOLD = {"references": ReferenceSheet}
EXPORTED = IMPORTED | TOLD
