"""Credentials are read from a parameter, and their text never shows them."""

from base64 import b64encode

import pytest

from wp_pipeline.wordpress.http.credentials import Credentials, MalformedCredentials


@pytest.mark.parametrize(
    ("text", "user", "password"),
    [
        ("editor:abcd efgh", "editor", "abcd efgh"),
        (" editor:abcd:efgh\n", "editor", "abcd:efgh"),
        ("éditeur: ab", "éditeur", "ab"),
        ('"editor:abcd efgh"', "editor", "abcd efgh"),
        ("“editor:abcd efgh”", "editor", "abcd efgh"),
        ("username: editor\npassword: 'abcd efgh'\n", "editor", "abcd efgh"),
    ],
)
def test_credentials_are_split_at_the_first_colon(text, user, password):
    credentials = Credentials.parse(text)

    assert (credentials.user, credentials.application_password) == (user, password)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hush",
        ":hush",
        "hush:",
        "hush: ",
        ":",
        "https://hush:hush@s.test",
        "hush:hush\nx:y",
        "Authorization: Basic aHVzaDpodXNo",
        "Basic aHVzaDpodXNo",
    ],
)
def test_malformed_credentials_are_refused_and_not_quoted(text):
    with pytest.raises(MalformedCredentials) as refusal:
        Credentials.parse(text)

    assert "hush" not in str(refusal.value)


def test_the_repr_of_credentials_does_not_show_them():
    credentials = Credentials.parse("editor:hush")

    for text in (repr(credentials), str(credentials)):
        assert "hush" not in text
        assert "editor" not in text


@pytest.mark.parametrize(
    "text",
    [
        '{"username": "editor", "password": "ab cd"}',
        '{"username":"editor","application_password":"ab cd"}',
        '{"user":"editor","password":"ab cd"}',
        '{"User":"editor","applicationPassword":"ab cd"}',
        '{"user_login":"editor","app-password":"ab cd"}',
        '{"login":"editor","pass":"ab cd","site":"https://example.org"}',
        '{\n  "username": " editor ",\n  "password": "ab cd"\n}\n',
        '{"email":"editor","password":"ab cd"}',
        '"{\\"username\\":\\"editor\\",\\"password\\":\\"ab cd\\"}"',
    ],
)
def test_credentials_may_be_json(text):
    credentials = Credentials.parse(text)

    assert (credentials.user, credentials.application_password) == ("editor", "ab cd")


@pytest.mark.parametrize(
    "text",
    [
        "ck_1a2b:cs_3c4d",
        "ck_1a2b cs_3c4d",
        "ck_1a2b\ncs_3c4d\n",
        '{"consumer_key":"ck_1a2b","consumer_secret":"cs_3c4d"}',
        '{"consumerKey":"ck_1a2b","consumerSecret":"cs_3c4d"}',
        '{"key":"ck_1a2b","secret":"cs_3c4d"}',
        "consumer_key: ck_1a2b\nconsumer_secret: cs_3c4d",
        "consumer_key=ck_1a2b&consumer_secret=cs_3c4d",
    ],
)
def test_the_keys_of_woocommerce_are_credentials(text):
    credentials = Credentials.parse(text)

    assert (credentials.user, credentials.application_password) == ("ck_1a2b", "cs_3c4d")
    assert credentials.header == f"Basic {b64encode(b'ck_1a2b:cs_3c4d').decode()}"


@pytest.mark.parametrize(
    "text", ["ck_hush", "cs_hush", "cs_hush:ck_hush", "ck_hush:ck_hush", "ck_hush:"]
)
def test_half_of_the_keys_of_woocommerce_is_refused(text):
    with pytest.raises(MalformedCredentials) as refusal:
        Credentials.parse(text)

    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        '{"username":"hush"}',
        '{"password":"hush"}',
        '{"username":"hush","password":""}',
        '{"username":"hush","password":5}',
        '{"username":"hush:hush","password":"hush"}',
        '{"token":"hush"}',
        '{"username":"hush","password":',
        "{hush:hush}",
        '[{"username":"hush","password":"hush"}]',
        "{}",
    ],
)
def test_other_json_is_refused_and_not_quoted(text):
    with pytest.raises(MalformedCredentials) as refusal:
        Credentials.parse(text)

    assert str(refusal.value).startswith("is not JSON with texts as `username`")
    assert refusal.value.__context__ is None
    assert "hush" not in str(refusal.value)
