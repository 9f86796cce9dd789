"""Credentials are read from a parameter, and their text never shows them."""

import pytest

from wp_pipeline.wordpress.http.credentials import Credentials, MalformedCredentials


@pytest.mark.parametrize(
    ("text", "user", "password"),
    [
        ("editor:abcd efgh", "editor", "abcd efgh"),
        (" editor:abcd:efgh\n", "editor", "abcd:efgh"),
        ("éditeur: ab", "éditeur", "ab"),
    ],
)
def test_credentials_are_split_at_the_first_colon(text, user, password):
    credentials = Credentials.parse(text)

    assert (credentials.user, credentials.application_password) == (user, password)


@pytest.mark.parametrize("text", ["", "hush", ":hush", "hush:", "hush: ", ":"])
def test_malformed_credentials_are_refused_and_not_quoted(text):
    with pytest.raises(MalformedCredentials) as refusal:
        Credentials.parse(text)

    assert "hush" not in str(refusal.value)


def test_the_repr_of_credentials_does_not_show_them():
    credentials = Credentials.parse("editor:hush")

    for text in (repr(credentials), str(credentials)):
        assert "hush" not in text
        assert "editor" not in text
