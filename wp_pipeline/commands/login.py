"""`wp-pipeline login`: tries a login against the site, and stores it in Parameter Store."""

import json
import logging
import sys
from typing import Any

import click

from wp_pipeline.aws.clients import build_client
from wp_pipeline.aws.errors import AwsError
from wp_pipeline.aws.parameters import ParameterStore
from wp_pipeline.commands.options import OF_REQUESTS, kms_key, setting_options, yes
from wp_pipeline.commands.terminal import log_to_terminal
from wp_pipeline.extraction.configuration import ConfigurationError, load_endpoints
from wp_pipeline.extraction.endpoint_parameters import PLAIN_NAME, NotStored
from wp_pipeline.extraction.explore import try_login
from wp_pipeline.observer import LoggingObserver, NoteCollector
from wp_pipeline.settings import Settings, SettingsError
from wp_pipeline.wordpress.endpoints.address import Address, addresses_of_site
from wp_pipeline.wordpress.endpoints.invisible import visible
from wp_pipeline.wordpress.errors import MalformedEndpoints, SiteError
from wp_pipeline.wordpress.http.credentials import Credentials, MalformedCredentials

STORED, REJECTED, BAD_CONFIGURATION = 0, 1, 2

log = logging.getLogger("wp_pipeline")


@click.command(short_help="Try a login against the site, and store it.")
@click.argument("url", required=False)
@click.option("--unproven", is_flag=True, help="Store it if the site does not tell, too.")
@yes
@kms_key
@setting_options("credentials_parameter", "endpoints_parameter", *OF_REQUESTS)
def login(url: str | None, unproven: bool, yes: bool, kms_key: str, **given: Any) -> int:
    """Try a user and an application password, or WooCommerce's keys, and store them.

    URL is the address of the site; without it, that of the stored endpoints. The login is asked
    for, or read from standard input as `user:application password` or `ck_KEY:cs_SECRET`. It is
    stored as a SecureString, and never shown.

    Exit status: 0 stored, 1 the site rejects the login or can't be asked, 2 the address, settings
    or parameters are wrong.

    \b
    Examples:
      wp-pipeline login example.org
      wp-pipeline login --credentials-parameter /magazine/login
    """
    log_to_terminal()
    store = ParameterStore(lambda: build_client("ssm"))
    try:
        settings = Settings.from_environment(**given)
        name = parameter_for(settings)
        site = addresses_of_site(url) if url else (root_of_endpoints(settings, store),)
        credentials = typed_credentials() if sys.stdin.isatty() else piped_credentials()
        observer = NoteCollector(LoggingObserver(log))
        try_login(site, credentials, settings, observer)
        if observer.notes and not unproven:  # The site does not tell whether it knows the login.
            raise NotStored("nothing is stored, since the login is not proven; add --unproven")
        put(store, name, credentials, kms_key, yes=yes)
    except MalformedEndpoints as fault:
        log.error("the address %s", fault)
    except MalformedCredentials as fault:
        log.error("the login %s", fault)
    except (SettingsError, ConfigurationError, AwsError) as error:
        log.error(error)
    except (SiteError, NotStored) as error:
        log.error(error)
        return REJECTED
    else:
        log.info("%s: stored as SecureString", name)
        if not Settings.from_environment().credentials_parameter:
            log.info("to read with it, set WP_PIPELINE_CREDENTIALS_PARAMETER=%s", name)
        return STORED
    return BAD_CONFIGURATION


def parameter_for(settings: Settings) -> str:
    """Return the name of the parameter to store. Raises ConfigurationError."""
    name = settings.credentials_parameter
    if not name:
        raise ConfigurationError(
            "no parameter is named for the login: add --credentials-parameter"
            f" /wordpress/{settings.site}/login, or set WP_PIPELINE_CREDENTIALS_PARAMETER"
        )
    if not (PLAIN_NAME.fullmatch(name) and name.startswith("/")):  # It may be a login itself.
        raise ConfigurationError(
            "WP_PIPELINE_CREDENTIALS_PARAMETER is no name that begins with a slash: to store a"
            " login, give the parameter's plain name, such as"
            f" /wordpress/{settings.site}/login, without ARN or version"
        )
    return name


def root_of_endpoints(settings: Settings, store: ParameterStore) -> Address:
    """Return the root of the API that the stored endpoints have. Raises ConfigurationError."""
    return load_endpoints(settings, store)[0].address.api_root


def typed_credentials() -> Credentials:
    """Ask a person. Raises MalformedCredentials."""
    user = click.prompt("User, or consumer key", err=True).strip()
    secret = "Consumer secret" if user.startswith("ck_") else "Application password"
    password = click.prompt(secret, hide_input=True, err=True)
    return Credentials.parse(visible(f"{user}:{password}"))


def piped_credentials() -> Credentials:
    """Read standard input. Raises MalformedCredentials."""
    try:
        text = sys.stdin.read()
        text.encode()  # In some locales, bytes that are not UTF-8 are read as surrogates.
    except UnicodeError:  # It holds the login, so the error is raised outside.
        text = None
    if text is None:
        raise MalformedCredentials("is not in UTF-8; write it as UTF-8")
    return Credentials.parse(visible(text))


def put(
    store: ParameterStore, name: str, credentials: Credentials, kms_key: str, *, yes: bool
) -> None:
    """Store the login, after asking if there is one. Raises NotStored or an AwsError."""
    if not yes and store.values([name]):
        if not sys.stdin.isatty():
            raise NotStored(f"{name} holds a login already, and nobody can be asked: add --yes")
        if not click.confirm(f"{name} holds a login already. Replace it?", err=True):
            raise NotStored("nothing is stored")
    store.put(name, text_of(credentials), kms_key)


def text_of(credentials: Credentials) -> str:
    """Return a text that is read as these credentials."""
    text = f"{credentials.user}:{credentials.application_password}"
    try:
        if Credentials.parse(text) == credentials:
            return text
    except MalformedCredentials:
        pass  # Such as a password with quotes around it.
    pair = {"username": credentials.user, "password": credentials.application_password}
    return json.dumps(pair)
