"""Small flags, drawn: three bands, a cross or a disc."""

from __future__ import annotations

# Bands from the left ("pales") or from the top ("bars").
PALES: dict[str, tuple[str, str, str]] = {
    "italy": ("#009246", "#ffffff", "#ce2b37"),
    "france": ("#0055a4", "#ffffff", "#ef4135"),
    "ireland": ("#169b62", "#ffffff", "#ff883e"),
    "belgium": ("#000000", "#fdda24", "#ef3340"),
    "romania": ("#002b7f", "#fcd116", "#ce1126"),
    "mexico": ("#006847", "#ffffff", "#ce1126"),
}
BARS: dict[str, tuple[str, ...]] = {
    "germany": ("#000000", "#dd0000", "#ffce00"),
    "netherlands": ("#ae1c28", "#ffffff", "#21468b"),
    "poland": ("#ffffff", "#dc143c"),
    "ukraine": ("#0057b7", "#ffd700"),
    "austria": ("#ed2939", "#ffffff", "#ed2939"),
    "hungary": ("#ce2939", "#ffffff", "#477050"),
    "spain": ("#aa151b", "#f1bf00", "#f1bf00", "#aa151b"),
    "india": ("#ff9933", "#ffffff", "#138808"),
}
CROSSES: dict[str, tuple[str, str]] = {
    "sweden": ("#006aa7", "#fecc02"),
    "denmark": ("#c8102e", "#ffffff"),
    "finland": ("#ffffff", "#002f6c"),
    "switzerland": ("#da291c", "#ffffff"),
}
DISCS: dict[str, tuple[str, str]] = {
    "japan": ("#ffffff", "#bc002d"),
    "bangladesh": ("#006a4e", "#f42a41"),
}


def draw_flag(country: str) -> str:
    """SVG of a flag 150 x 100; a plain cheerful pennant for a country not drawn here."""
    if country in DISCS:
        ground, disc = DISCS[country]
        return _field(ground) + f'<circle cx="75" cy="50" r="30" fill="{disc}"/>'
    if country in PALES:
        bands = "".join(
            f'<rect x="{k * 50}" width="50" height="100" fill="{fill}"/>'
            for k, fill in enumerate(PALES[country])
        )
        return _field("#ffffff") + f'<g clip-path="url(#f)">{bands}</g>'
    if country in BARS:
        step = 100 / len(BARS[country])
        bands = "".join(
            f'<rect y="{k * step:.2f}" width="150" height="{step:.2f}" fill="{fill}"/>'
            for k, fill in enumerate(BARS[country])
        )
        return _field("#ffffff") + f'<g clip-path="url(#f)">{bands}</g>'
    if country in CROSSES:
        ground, cross = CROSSES[country]
        return _field(ground) + (
            f'<g clip-path="url(#f)"><rect x="42" width="20" height="100" fill="{cross}"/>'
            f'<rect y="40" width="150" height="20" fill="{cross}"/></g>'
        )
    return _field("#ff5d73") + '<circle cx="75" cy="50" r="26" fill="#ffd23f"/>'


def _field(fill: str) -> str:
    return (
        '<clipPath id="f"><rect width="150" height="100" rx="8"/></clipPath>'
        f'<rect width="150" height="100" rx="8" fill="{fill}"/>'
    )
