from surveys import path
from surveys.answers import AnswerValue, Attributes
from tests.surveys.asking import asking, chose, csat, nps, one_of, score, some_of, text, wrote

LOW = {"answer": "nps", "band": "low"}


def test_an_unhappy_customer_is_asked_why_and_a_happy_one_is_not() -> None:
    asked = asking([nps(), text(show_if=LOW)])

    assert path.walk(asked, {"nps": score(6)}).on("why")
    assert not path.walk(asked, {"nps": score(9)}).on("why")
    assert not path.walk(asked, {}).on("why")


def test_a_finished_response_without_the_required_answer_is_refused() -> None:
    judged = path.judge(asking([nps(required=True)]), {})

    assert [fault.message for fault in judged.faults["nps"]] == ["Please answer this question."]
    assert not judged.is_complete
    assert judged.page_to_mend == 0


def test_a_required_question_off_the_path_blocks_nobody() -> None:
    asked = asking([nps(required=True)], [text(required=True, show_if=LOW)])

    judged = path.judge(asked, {"nps": score(10)})

    assert judged.is_complete
    assert judged.path.required == ("nps",)


def test_answers_to_hidden_questions_are_not_stored() -> None:
    asked = asking([nps(), text(show_if=LOW)])

    judged = path.judge(asked, {"nps": score(10), "why": wrote("leftover"), "nobody": score(1)})

    assert judged.accepted == {"nps": score(10)}


def test_a_hidden_answer_steers_nothing_further_down() -> None:
    asked = asking([nps(), one_of(show_if=LOW), text(show_if={"answer": "wrong", "is": "late"})])
    late = {"wrong": chose("late")}

    assert path.walk(asked, {"nps": score(2), **late}).on("why")
    assert not path.walk(asked, {"nps": score(9), **late}).on("why")


def test_a_hidden_page_hides_its_questions() -> None:
    document_page = {"questions": [csat(required=True)], "show_if": LOW}
    asked = asking([nps()], pages=[{"questions": [nps()]}, document_page, {"questions": [text()]}])

    walked = path.walk(asked, {"nps": score(9), "delivery": score(1)})

    assert walked.pages == (0, 2)
    assert (walked.next_page(0), walked.previous_page(2), walked.next_page(2)) == (2, 0, None)
    assert path.walk(asked, {"nps": score(1)}).pages == (0, 1, 2)


def test_customers_and_purchases_decide_what_is_asked() -> None:
    express = {"all": [{"interaction": "shipping", "is": "express"}, {"customer": "country", "one_of": ["DE", "AT"]}]}
    asked = asking([nps(), csat(show_if=express)])

    assert path.walk(asked, {}, Attributes({"country": "at"}, {"shipping": "Express"})).on("delivery")
    assert not path.walk(asked, {}, Attributes({"country": "at"}, {})).on("delivery")


def test_a_score_off_the_scale_is_refused_and_steers_nothing() -> None:
    asked = asking([nps(), text(show_if={"answer": "nps", "at_least": 9})])

    judged = path.judge(asked, {"nps": score(99)})

    assert [fault.message for fault in judged.faults["nps"]] == ["Choose a number from 0 to 10."]
    assert not judged.path.on("why")
    assert judged.accepted == {}


def test_an_answer_that_only_wants_mending_keeps_what_hangs_on_it_on_the_page() -> None:
    asked = asking([some_of(), text(show_if={"answer": "wrong", "includes": "other"})])
    answers = {"wrong": chose("other"), "why": wrote("typed already")}

    judged = path.judge(asked, answers)

    assert [fault.code for fault in judged.faults["wrong"]] == ["other_text_missing"]
    assert judged.path.on("why")
    assert judged.accepted == {}  # what hangs on a refused answer is not stored either


def test_a_question_that_came_up_by_the_answers_is_shown_before_it_is_required() -> None:
    asked = asking([nps(required=True), text(required=True, show_if=LOW)])
    answers = {"nps": score(3)}

    first = path.judge(asked, answers, pages=[0], shown=["nps"])
    second = path.judge(asked, answers, pages=[0], shown=["nps", "why"])

    assert (first.unseen, first.faults, first.is_complete, first.page_to_mend) == (("why",), {}, False, 0)
    assert second.unseen == ()
    assert list(second.faults) == ["why"]


def test_leaving_out_what_was_shown_does_not_get_round_a_required_question() -> None:
    judged = path.judge(asking([nps(required=True)]), {}, shown=[])

    assert not judged.is_complete
    assert judged.unseen == ("nps",)


def test_an_unfinished_response_needs_nothing_but_takes_only_what_is_right() -> None:
    asked = asking([nps(required=True), csat(required=True)])

    judged = path.judge(asked, {"delivery": score(4)}, pages=())
    broken = path.judge(asked, {"delivery": score(9)}, pages=())

    assert judged.is_complete
    assert judged.accepted == {"delivery": score(4)}
    assert broken.accepted == {}
    assert list(broken.faults) == ["delivery"]


def test_a_page_requires_only_its_own_and_earlier_questions() -> None:
    asked = asking([nps(required=True)], [csat(required=True)])

    assert path.judge(asked, {"nps": score(9)}, pages=range(1)).is_complete
    assert list(path.judge(asked, {"nps": score(9)}, pages=range(2)).faults) == ["delivery"]


def test_the_first_ending_that_fits_is_read() -> None:
    asked = asking([nps()], endings=[{"key": "sorry", "show_if": LOW}, {"key": "rest"}])

    assert path.walk(asked, {"nps": score(2)}).ending.key == "sorry"
    assert path.walk(asked, {"nps": score(9)}).ending.key == "rest"
    assert path.walk(asked, {}).ending.key == "rest"


def test_an_answer_of_another_kind_is_no_answer() -> None:
    judged = path.judge(asking([nps()]), {"nps": AnswerValue(score=5, text="smuggled")})

    assert list(judged.faults) == ["nps"]
