import pytest

from surveys.scales import CES, CSAT, NPS, Band, Scale


def test_detractors_give_0_to_6_passives_7_and_8_promoters_9_and_10() -> None:
    assert [score for score in NPS.points if NPS.band_of(score) is Band.LOW] == [0, 1, 2, 3, 4, 5, 6]
    assert [score for score in NPS.points if NPS.band_of(score) is Band.MIDDLE] == [7, 8]
    assert [score for score in NPS.points if NPS.band_of(score) is Band.HIGH] == [9, 10]


def test_4_and_5_of_5_are_satisfied_and_3_is_not() -> None:
    assert list(CSAT.scores_of(Band.LOW)) == [1, 2]
    assert list(CSAT.scores_of(Band.MIDDLE)) == [3]
    assert list(CSAT.scores_of(Band.HIGH)) == [4, 5]


def test_5_to_7_of_7_is_easy() -> None:
    assert list(CES.scores_of(Band.LOW)) == [1, 2, 3]
    assert list(CES.scores_of(Band.MIDDLE)) == [4]
    assert list(CES.scores_of(Band.HIGH)) == [5, 6, 7]


@pytest.mark.parametrize("scale", [NPS, CSAT, CES])
def test_the_bands_share_out_the_scale(scale: Scale) -> None:
    assert [score for band in Band for score in scale.scores_of(band)] == list(scale.points)
    assert all(scale.band_of(score) is band for band in Band for score in scale.scores_of(band))


@pytest.mark.parametrize("score", [-1, 11, True, 3.0, "3", None])
def test_what_is_not_on_the_scale_has_no_band(score: object) -> None:
    assert not NPS.holds(score)
    with pytest.raises(ValueError, match="not on the scale nps, 0 to 10"):
        NPS.band_of(score)  # type: ignore[arg-type]  # that is the point


def test_satisfaction_may_be_asked_on_7_and_10_points_one_day() -> None:
    seven = Scale("csat7", lowest=1, highest=7, low_to=3, high_from=6)

    assert [seven.band_of(score) for score in (3, 5, 6)] == [Band.LOW, Band.MIDDLE, Band.HIGH]


def test_a_scale_whose_bands_cross_is_refused() -> None:
    with pytest.raises(ValueError, match="the bands must lie in order"):
        Scale("odd", lowest=1, highest=5, low_to=4, high_from=4)
