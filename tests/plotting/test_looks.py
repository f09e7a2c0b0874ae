from itertools import islice

from matplotlib.figure import Figure

from wann.plotting.looks import looks


def test_no_two_of_many_curves_are_alike():
    many = list(islice(looks(), 56))
    assert len({(look.colour, look.dashes, look.marker) for look in many}) == 56
    assert len({look.colour for look in many[:7]}) == len({look.dashes for look in many[:7]}) == 7


def test_a_line_has_markers_where_it_needs_them():
    first, *_, eighth = islice(looks(), 8)
    assert (first.line(100)["marker"], first.line(1)["marker"]) == ("", first.marker)
    assert eighth.colour == first.colour
    assert eighth.line(100)["marker"] not in ("", first.marker)
    axes = Figure().subplots()
    (line,) = axes.plot(range(100), **eighth.line(100))
    assert line.get_markevery() == 12
