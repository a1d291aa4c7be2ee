"""The Copenhagen housing satisfaction survey of Madsen (1976), as in R's MASS::housing: 1681 tenants."""

SATISFACTION = ("Low", "Medium", "High")
INFLUENCE = ("Low", "Medium", "High")
TYPES = ("Tower", "Apartment", "Atrium", "Terrace")
CONTACT = ("Low", "High")

# Tenants by contact, type, influence (one row each) and satisfaction (columns).
COUNTS = (
    ((21, 21, 28), (34, 22, 36), (10, 11, 36)),
    ((61, 23, 17), (43, 35, 40), (26, 18, 54)),
    ((13, 9, 10), (8, 8, 12), (6, 7, 9)),
    ((18, 6, 7), (15, 13, 13), (7, 5, 11)),
    ((14, 19, 37), (17, 23, 40), (3, 5, 23)),
    ((78, 46, 43), (48, 45, 86), (15, 25, 62)),
    ((20, 23, 20), (10, 22, 24), (7, 10, 21)),
    ((57, 23, 13), (31, 21, 13), (5, 6, 13)),
)


def design() -> tuple[list[list[float]], list[int], list[int]]:
    """Rows of dummies (influence medium, high; type apartment, atrium, terrace; contact high), answers, counts."""
    rows, answers, counts = [], [], []
    for block, by_influence in enumerate(COUNTS):
        contact, kind = divmod(block, len(TYPES))
        for influence, by_answer in enumerate(by_influence):
            for answer, count in enumerate(by_answer):
                dummies = [influence == 1, influence == 2, kind == 1, kind == 2, kind == 3, contact == 1]
                rows.append([float(d) for d in dummies])
                answers.append(answer)
                counts.append(count)
    return rows, answers, counts
