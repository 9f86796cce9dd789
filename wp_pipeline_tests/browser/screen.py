"""Dagster's UI as a person has it before them."""

import re
from contextlib import suppress

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Response, WebSocket, expect

GRAPH = "/locations/wp_pipeline/asset-groups/amazonwebshark/lineage"


class Screen:
    """A page of the UI; keeps all that it showed and was told, and what went wrong in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self.shown: list[str] = []
        self.told: list[str] = []
        self._url = url
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear_console)
        page.on("response", self._hear_answer)
        page.on("websocket", self._hear_socket)

    def open(self, path: str) -> None:
        self.leave()
        self.page.goto(self._url + path, wait_until="domcontentloaded")

    def leave(self) -> None:
        """Remember what is to be read on the page."""
        self.shown.append(self.page.locator("body").inner_text())

    def press(self, label: str) -> None:
        """Press the button that says so, whatever icon stands before it."""
        self.button(label).click()

    def choose(self, label: str) -> None:
        """Choose from a menu that is open."""
        self.page.get_by_role("menuitem").filter(has_text=exactly(label)).click()

    def sees(self, text: str) -> None:
        """Wait until this can be read, somewhere."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def button(self, label: str) -> Locator:
        return self.page.get_by_role("button").filter(has_text=exactly(label)).first

    def icon(self, name: str) -> Locator:
        """A button that shows only an icon."""
        return self.page.locator(f"button:has([aria-label={name}])").first

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _hear_answer(self, response: Response) -> None:
        if response.url.endswith("/graphql"):
            with suppress(Error):  # The page was left meanwhile, and nobody saw the answer.
                self.told.append(response.text())

    def _hear_socket(self, socket: WebSocket) -> None:
        """A run's events come this way."""
        socket.on("framereceived", lambda frame: self.told.append(str(frame)))


def exactly(text: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(text)}\s*$")
