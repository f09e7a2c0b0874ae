"""The page's colours: contrast by WCAG 2.2, AA, of what its style sheet puts on what."""

import re
from importlib.resources import files

import pytest

SHEET = (files("wann.report") / "static" / "style.css").read_text(encoding="utf-8")
TEXT, GRAPHICS = 4.5, 3.0  # success criteria 1.4.3 and 1.4.11
DECORATION = {"line", "grid", "knob"}  # rims and grids that nothing has to be told by


def variables(text):
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", text))


def themes():
    """The variables of the page in light, in dark and on paper."""
    roots = re.findall(r":root \{(.*?)\}", SHEET.replace("{{colours}}", ""), re.S)
    light, dark, paper = (variables(root) for root in roots)
    return {"light": light, "dark": {**light, **dark}, "paper": {**light, **paper}}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(f * v for f, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs():
    """(selector, foreground, backgrounds, least contrast) of every rule that names a colour."""
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", SHEET):
        found = dict(
            re.findall(r"(?<![\w-])(color|background|fill|stroke): ?var\(--([\w-]+)\)", body)
        )
        behind = [found["background"]] if "background" in found else ["card", "paper"]
        if "color" in found:
            yield selector.strip(), found["color"], behind, TEXT
        for name in {found.get("fill"), found.get("stroke")} - DECORATION - {None, "card", "paper"}:
            is_text = re.search(r"\.(tick|name|label|kind|value|now)\b|text", selector)
            yield selector.strip(), name, ["card"], TEXT if is_text else GRAPHICS


def test_contrast_is_that_of_the_recommendation():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_what_is_to_be_read_or_told_apart_stands_out(theme):
    colours = themes()[theme]
    checked = list(pairs())
    assert len(checked) > 60
    low = {
        (selector, front, behind): round(contrast(colours[front], colours[behind]), 2)
        for selector, front, backgrounds, least in checked
        for behind in backgrounds
        if contrast(colours[front], colours[behind]) < least
    }
    assert low == {}


def test_lines_of_several_runs_stand_out():
    script = (files("wann.report") / "static" / "facts.js").read_text(encoding="utf-8")
    names = re.findall(r'\["--(\w+)", "', script)
    assert len(names) == 6
    for colours in themes().values():
        assert all(contrast(colours[name], colours["card"]) >= GRAPHICS for name in names)
