"""Items that run against the others, and what stands in the way of alpha, in words."""

from cxkit.show.language import mark

SETTING = "reversed: true"  # as it is written in a codebook, in every language
CAVEATS = {
    "key_error": mark(
        "“{item}” runs against the items that belong with it (r = {r}). If it was asked the other way round, set "
        "{setting} for it in the codebook."
    ),
    "key_error_reversed": mark(
        "“{item}” is declared as reversed, but turned round it runs against the items that belong with it (r = "
        "{r}). If it was asked the same way as they were, take {setting} out of the codebook."
    ),
    "key_error_pair": mark(
        "“{item}” and “{object}” run against each other (r = {r}). If one of them was asked the other way round, "
        "that one, and only that one, needs {setting} in the codebook."
    ),
    "key_error_half": mark(
        "“{item}” runs against as many items as it goes with (r = {r}), so which of them were asked the other way "
        "round cannot be told; those, and only those, need {setting} in the codebook."
    ),
    "item_empty": mark(
        "Nobody answered “{item}”, so neither alpha nor the score over all items can be given; leave it out of the "
        "items, or check the file."
    ),
    "item_constant": mark(
        "Everybody who answered all items gave the same answer to “{item}”, so alpha and omega cannot be given; "
        "leave it out of the items, or check the file."
    ),
    "alpha_few": mark("Fewer than {base} respondents answered all items, so alpha and omega are not given."),
    "alpha_cancels": mark(
        "The items cancel out: their sum is the same for everybody, so alpha and omega cannot be given."
    ),
    "omega_two": mark("Omega is not given: it needs three items or more."),
    "omega_item": mark("Omega is not given: one factor would explain all of “{item}”."),
    "omega_none": mark("Omega is not given: no single factor fits these items."),
    "driver_against": mark(
        "“{item}” runs against the outcome (r = {r}). If it was asked the other way round, set {setting} for it in "
        "the codebook."
    ),
    "driver_against_reversed": mark(
        "“{item}” is declared as reversed, but turned round it runs against the outcome (r = {r}). If it was asked "
        "the same way as the others, take {setting} out of the codebook."
    ),
    "part_against": mark(
        "“{item}” runs against the outcome (r = {r}): check whether questions below it were asked the other way "
        "round."
    ),
    "outcome_against": mark(
        "Most drivers run against “{item}” ({n} of {of}): check which way round it and they were asked, and set "
        "{setting} in the codebook for those asked the other way round."
    ),
}
