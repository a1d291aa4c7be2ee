"""A statement planned once on each connection does what it says, whatever became of its plan."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from feedback import plans

pytestmark = pytest.mark.django_db(transaction=True)
SUM = "SELECT %s::int + %s::int"


@pytest.fixture(autouse=True)
def a_fresh_session() -> Iterator[None]:
    connection.close()
    yield
    connection.close()


def run(statement: str = SUM, *values: object) -> object:
    with connection.cursor() as cursor:
        plans.execute(cursor, "hearback_test", statement, values or (2, 3))
        return cursor.fetchone()[0]


def planned() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def test_it_is_planned_once_and_gives_its_result_each_time() -> None:
    assert [run(SUM, 2, 3), run(SUM, 4, 5)] == [5, 9]
    assert planned() == 1


def test_another_statement_under_the_same_name_is_another_plan() -> None:
    assert [run(SUM, 2, 3), run("SELECT %s::int * %s::int", 2, 3)] == [5, 6]


def test_a_plan_that_the_session_forgot_is_made_again() -> None:
    run()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert [run(), run()] == [5, 5]
    assert planned() == 1


def test_a_session_that_knows_the_plan_already_is_no_obstacle() -> None:
    run()
    plans._planned.clear()

    assert [run(), run()] == [5, 5]


def test_a_table_that_changed_under_its_plan_is_read_as_it_is_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE shelf AS SELECT 1 AS books")
        run("SELECT * FROM shelf WHERE %s::int = 1", 1)
        cursor.execute("ALTER TABLE shelf ALTER books TYPE text")
        cursor.execute("UPDATE shelf SET books = 'one'")

        plans.execute(cursor, "hearback_test", "SELECT * FROM shelf WHERE %s::int = 1", (1,))
        assert cursor.fetchone() == ("one",)


def test_a_refused_statement_is_refused_once_and_the_plan_stays() -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        run("SELECT %s::int / %s::int", 1, 0)

    assert run("SELECT %s::int / %s::int", 6, 3) == 2
    assert planned() == 1


def test_within_a_transaction_a_refusal_leaves_the_plan_for_the_next_one() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        run("SELECT %s::int / %s::int", 1, 0)

    with transaction.atomic():
        assert run("SELECT %s::int / %s::int", 6, 3) == 2


def test_two_steps_sent_together_are_one_transaction_and_give_what_the_last_one_gives() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE shelf (book int)")
        add = plans.Step("hearback_add", "INSERT INTO shelf VALUES (%s::int)", [1])
        count = plans.Step("hearback_count", "SELECT count(*) + %s::int FROM shelf", [0])

        plans.together(cursor, add, count)
        assert cursor.fetchone() == (1,)

        with pytest.raises(DatabaseError, match="division by zero"):
            plans.together(cursor, add, plans.Step("hearback_break", "SELECT 1 / %s::int", [0]))
        cursor.execute("SELECT count(*) FROM shelf")
        assert cursor.fetchone() == (1,)


def test_steps_whose_plans_the_session_forgot_are_done_once_each() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE shelf (book int)")
        add = plans.Step("hearback_add", "INSERT INTO shelf VALUES (%s::int)", [1])
        count = plans.Step("hearback_count", "SELECT count(*) + %s::int FROM shelf", [0])
        plans.together(cursor, add, count)
        cursor.execute(f"DEALLOCATE {plans._unmistakable(count.name, count.statement)}")

        plans.together(cursor, add, count)

        assert cursor.fetchone() == (2,)
