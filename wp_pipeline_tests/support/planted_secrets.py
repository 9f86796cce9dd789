"""Secrets for the tests: random texts that occur nowhere else."""

from base64 import b64encode

from wp_pipeline_tests.faults.fault_servers import MARK

USER = "editor"
RANDOM_PART = MARK  # part of the URL of each endpoint
PASSWORD = "bexq fozu gira hupo jiwe kyta"  # Six groups of four letters, like WordPress's.
WRONG_PASSWORD = "vomy wapi xore zulb cyne dafk"
ACCESS_KEY_ID = "AKIAQ4M7ZLXW2HTVKD5N"
SECRET_ACCESS_KEY = "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"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjEKz//x4v+Wt9Hq2sLmYd8f/Rc6+Gp3Zb5Nk7Ju1Ae0=="

AWS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
    "AWS_SESSION_TOKEN": SESSION_TOKEN,
}


def basic(password: str) -> str:
    """Return the Basic credentials of the Authorization header."""
    return b64encode(f"{USER}:{password}".encode()).decode()


SECRETS = {
    "random part": RANDOM_PART,
    "a plugin's route": "/wp-json/mo/v1/",
    "WordPress's route": "/wp-json/wp/v2/",
    "password": PASSWORD,
    "password without spaces": PASSWORD.replace(" ", ""),
    "Authorization": basic(PASSWORD),
    "wrong password": WRONG_PASSWORD,
    "wrong Authorization": basic(WRONG_PASSWORD),
    "AWS access key id": ACCESS_KEY_ID,
    "AWS secret access key": SECRET_ACCESS_KEY,
    "AWS session token": SESSION_TOKEN,
}
