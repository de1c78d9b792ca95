"""A classic open car seen from the side, drawn as layered SVG: a reference picture of the demo."""

from __future__ import annotations

import math

from arena.studios.sitters.ink import blurs, fade, path, radial, soft, stroke

WIDTH, HEIGHT = 1200, 700
GROUND = 604
WHEELS = ((300.0, 527.0), (906.0, 527.0))
TYRE = 77.0
ARCH = 90

# Tail, boot, door top, cowl, bonnet, nose, sill; wheel arches are laid over it.
BODY = (
    "M112 486 C100 470 98 430 116 408 C128 394 168 386 232 382 C300 378 352 378 392 380 "
    "C404 381 410 384 416 392 C424 401 440 404 470 404 L612 404 C650 404 664 398 684 386 "
    "C694 380 704 377 722 377 C830 380 940 392 1020 412 C1066 424 1092 444 1098 470 "
    "C1102 490 1102 512 1090 528 C1084 536 1070 540 1050 540 L140 540 C124 536 118 510 112 486 Z"
)


def draw_car() -> str:
    """The car on a plain light ground with its shadow, as SVG in a 1200 x 700 view box."""
    defs = blurs() + _paints() + f'<clipPath id="body"><path d="{BODY}"/></clipPath>'
    parts = (
        _backdrop(),
        _inside(),
        _windscreen(),
        _steering(),
        _body(),
        _trim(),
        "".join(_wheel(x, y) for x, y in WHEELS),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 36 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><defs>{defs}</defs>{"".join(parts)}</svg>'
    )


def _paints() -> str:
    paint = (
        ("#f4685a", 0.0),
        ("#dc2f34", 0.16),
        ("#c01f2c", 0.42),
        ("#8f1222", 0.72),
        ("#5c0a18", 1.0),
    )
    chrome = (
        ("#ffffff", 0.0),
        ("#c9d2da", 0.35),
        ("#5d6873", 0.52),
        ("#e9eef2", 0.7),
        ("#98a3ad", 1.0),
    )
    return (
        fade("paint", paint)
        + fade("chrome", chrome)
        + fade("hide", (("#d9a874", 0.0), ("#b57a45", 0.5), ("#7c4d28", 1.0)))
        + fade("glass", (("#dbe9f0", 0.0), ("#eef5f8", 1.0)))
        + radial("rubber", (("#2b2d31", 0.55), ("#17181b", 0.85), ("#34373c", 1.0)))
        + radial("rim", (("#ffffff", 0.0), ("#aab4bd", 0.45), ("#e4e9ed", 0.7), ("#6d7883", 1.0)))
    )


def _backdrop() -> str:
    shade = (
        f'<ellipse cx="604" cy="{GROUND}" rx="520" ry="15" fill="#6b5a48" {soft(9)} opacity="0.5"/>'
    )
    close = "".join(
        f'<ellipse cx="{x}" cy="{GROUND + 1}" rx="78" ry="8" fill="#4a3d30" {soft(8)} opacity="0.6"/>'
        for x, _ in WHEELS
    )
    return f'<rect y="36" width="{WIDTH}" height="{HEIGHT}" fill="#f1dfc6"/>' + shade + close


def _inside() -> str:
    """Seat backs, the far door's edge and the folded hood behind them."""
    far = path("M404 398 C470 384 620 384 700 384 L700 420 L404 420 Z", "#4c2f1c")
    back = path(
        "M452 420 C446 380 436 340 438 318 C440 304 452 298 468 298 C486 298 496 306 500 322 "
        "C508 352 516 390 522 420 Z",
        "#8a5831",
    )
    near = path(
        "M436 424 C430 382 418 344 420 322 C422 307 434 300 452 300 C472 300 482 309 486 326 "
        "C494 356 502 392 508 424 Z",
        "url(#hide)",
    )
    pleats = "".join(
        stroke(
            f"M{432 + k * 15} 320 C{436 + k * 15} 350 {442 + k * 15} 380 {450 + k * 15} 420",
            "#7c4d28",
            2.2,
            more='opacity="0.55"',
        )
        for k in range(1, 4)
    )
    edge = stroke(
        "M421 332 C421 312 434 303 452 303 C470 303 480 311 484 328",
        "#f2cfa2",
        3.4,
        more='opacity="0.8"',
    )
    hood = (
        path("M352 386 C352 366 376 356 402 358 C424 360 436 372 438 398 L360 398 Z", "#4a4541")
        + stroke("M360 378 C374 366 398 364 424 374", "#2b2725", 3)
        + stroke("M357 386 C376 374 404 374 430 386", "#2b2725", 2.4)
        + path("M356 378 C366 364 386 358 404 360 C392 362 372 368 362 382 Z", "#857d76")
    )
    return far + back + near + pleats + edge + hood


def _windscreen() -> str:
    """Near and far pillars with the pane between them."""
    pane = path(
        "M706 384 L654 290 C668 284 684 284 692 288 L738 380 Z", "url(#glass)", 'opacity="0.4"'
    )
    glint = path("M700 372 L664 304 L674 300 L712 374 Z", "#ffffff", 'opacity="0.4"')
    far = stroke("M740 381 L692 287", "#8a949d", 6)
    top = stroke("M653 291 C668 284 684 283 693 287", "#aab3bb", 6)
    near = stroke("M712 392 L654 289", "#77828c", 9) + stroke("M709 389 L652 289", "#f5f8fa", 3.2)
    return pane + glint + far + top + near


def _steering() -> str:
    rim = (
        '<g transform="rotate(-24 626 366)">'
        '<ellipse cx="626" cy="366" rx="11" ry="46" fill="none" stroke="#2c1a10" stroke-width="7"/>'
        '<ellipse cx="625" cy="366" rx="11" ry="46" fill="none" stroke="#9a6a3c" stroke-width="2.2"/>'
        "</g>"
    )
    return stroke("M628 366 L690 396", "#3a4048", 6) + rim


def _body() -> str:
    glow = (
        path(
            "M104 410 C180 388 300 386 398 388 C430 410 560 412 640 408 C690 392 760 386 860 396 "
            "C960 404 1050 424 1090 456 C1040 430 940 416 840 412 C700 410 300 402 104 432 Z",
            "#ffe9e2",
            f'{soft(5)} opacity="0.85"',
        )
        + path(
            "M96 470 C300 452 800 452 1104 486 L1104 506 C800 476 300 478 96 494 Z",
            "#4d0614",
            f'{soft(9)} opacity="0.55"',
        )
        + path(
            "M96 512 C300 500 800 500 1100 516 L1100 532 C800 520 300 520 96 530 Z",
            "#ff8a6a",
            f'{soft(6)} opacity="0.38"',
        )
    )
    haunch = "".join(
        f'<ellipse cx="{x}" cy="430" rx="104" ry="22" fill="#ffd7ca" {soft(14)} opacity="0.55"/>'
        for x in (296, 902)
    )
    dip = path(
        "M430 404 C520 430 600 430 690 396 L690 470 C600 448 520 448 430 470 Z",
        "#7a0d1d",
        f'{soft(12)} opacity="0.35"',
    )
    base = f'<path d="{BODY}" fill="url(#paint)"/>'
    sill = path("M392 520 L812 520 L806 541 L398 541 Z", "#3c0710", 'opacity="0.75"')
    arches = "".join(f'<circle cx="{x}" cy="{y}" r="{ARCH}" fill="#12090c"/>' for x, y in WHEELS)
    inner = f'<g clip-path="url(#body)">{haunch}{glow}{dip}{sill}{arches}</g>'
    lips = "".join(
        stroke(
            f"M{x - ARCH} {y} A{ARCH} {ARCH} 0 0 1 {x + ARCH} {y}",
            "#f58878",
            3,
            more='opacity="0.8"',
        )
        for x, y in WHEELS
    )
    return base + inner + f'<g clip-path="url(#body)">{lips}</g>'


def _trim() -> str:
    door = stroke(
        "M440 404 C442 450 446 492 458 522 M670 396 C676 440 676 486 668 522", "#5a0815", 3
    ) + stroke("M443 406 C445 450 449 490 461 520", "#ff9486", 1.4, more='opacity="0.8"')
    line = "M122 {0} C170 {1} 220 {2} 262 {3} M340 {3} C460 {3} 700 {3} 808 {1}"
    spear = stroke(line.format(452, 449, 447, 446), "#5f6a74", 7) + stroke(
        line.format(450, 447, 445, 444), "#ffffff", 3
    )
    edge = stroke(
        "M394 382 C408 384 412 392 420 399 C430 406 446 407 470 407 L612 407 C650 407 666 400 686 389",
        "#f6f8fa",
        4.5,
    ) + stroke("M420 401 C440 411 470 410 612 410 C650 410 668 402 688 391", "#6b1420", 2)
    handle = stroke("M470 432 L508 432", "#6d7883", 8) + stroke("M471 430 L507 430", "#ffffff", 3)
    lamp = (
        '<ellipse cx="1074" cy="447" rx="17" ry="25" fill="url(#rim)" transform="rotate(-14 1074 447)"/>'
        '<ellipse cx="1078" cy="446" rx="10" ry="17" fill="#f9f4df" transform="rotate(-14 1078 446)"/>'
        '<ellipse cx="1078" cy="438" rx="4" ry="6" fill="#ffffff"/>'
    )
    tail = path("M110 424 C116 416 128 412 138 414 L134 440 L106 442 Z", "#ff7a3c") + path(
        "M112 424 C118 418 126 416 134 417 L133 424 Z", "#ffd2a8"
    )
    bumpers = path(
        "M1040 508 C1076 508 1104 502 1114 496 C1122 502 1122 516 1114 520 C1100 526 1068 528 1040 526 Z",
        "url(#chrome)",
    ) + path(
        "M176 508 C140 508 112 502 100 496 C90 502 90 516 98 522 C114 528 146 528 176 526 Z",
        "url(#chrome)",
    )
    mirror = stroke("M694 380 L690 366", "#77828c", 4) + path(
        "M676 352 C690 346 704 350 706 360 C704 370 690 372 678 368 Z", "url(#chrome)"
    )
    return door + spear + edge + handle + lamp + tail + bumpers + mirror


def _wheel(x: float, y: float) -> str:
    spokes = "".join(
        stroke(
            f"M{x + 9 * math.cos(a):.1f} {y + 9 * math.sin(a):.1f} "
            f"L{x + 45 * math.cos(a + w):.1f} {y + 45 * math.sin(a + w):.1f}",
            "#f4f7f9",
            1.7,
        )
        for a in (math.tau * k / 20 for k in range(20))
        for w in (-0.3, 0.3)
    )
    return (
        f'<circle cx="{x}" cy="{y}" r="{TYRE}" fill="url(#rubber)"/>'
        f'<circle cx="{x}" cy="{y}" r="57" fill="none" stroke="#efe9dc" stroke-width="10"/>'
        f'<circle cx="{x}" cy="{y}" r="50" fill="#2a2e33"/>'
        f'<circle cx="{x}" cy="{y}" r="47" fill="none" stroke="url(#rim)" stroke-width="8"/>{spokes}'
        f'<circle cx="{x}" cy="{y}" r="14" fill="url(#rim)" stroke="#707b86" stroke-width="1.5"/>'
        f'<path d="M{x - 56} {y - 43} A71 71 0 0 1 {x + 10} {y - 70}" fill="none" stroke="#8b9097" '
        f'stroke-width="5" stroke-linecap="round" {soft(2)} opacity="0.8"/>'
        f'<circle cx="{x - 4}" cy="{y - 4}" r="4" fill="#ffffff"/>'
    )
