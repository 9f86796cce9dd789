"""A page of Dagster's UI, and what it showed, received and reported."""

import re
from contextlib import suppress

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Response, WebSocket, expect

GRAPH = "/locations/wp_pipeline/asset-groups/amazonwebshark/lineage"


class Screen:
    """A page of the UI. Records its text, the answers it received, and its errors."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self.shown: list[str] = []
        self.received: list[str] = []
        self._url = url
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._record_console)
        page.on("response", self._record_response)
        page.on("websocket", self._record_socket)

    def open(self, path: str) -> None:
        self.leave()
        self.page.goto(self._url + path, wait_until="domcontentloaded")

    def leave(self) -> None:
        """Record the text of the page."""
        self.shown.append(self.page.locator("body").inner_text())

    def press(self, label: str) -> None:
        """Press the button with this label, with or without an icon and a number of assets."""
        self.button(label).click()

    def choose(self, label: str) -> None:
        """Choose an item of the open menu."""
        self.page.get_by_role("menuitem").filter(has_text=exactly(label)).click()

    def sees(self, text: str) -> None:
        """Wait until the text is visible."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def button(self, label: str) -> Locator:
        return self.page.get_by_role("button").filter(has_text=exactly(label)).first

    def icon(self, name: str) -> Locator:
        """Return a button that has only an icon."""
        return self.page.locator(f"button:has([aria-label={name}])").first

    def _record_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _record_response(self, response: Response) -> None:
        if response.url.endswith("/graphql"):
            with suppress(Error):  # The page was closed meanwhile.
                self.received.append(response.text())

    def _record_socket(self, socket: WebSocket) -> None:
        """The events of a run arrive here."""
        socket.on("framereceived", lambda frame: self.received.append(str(frame)))


def exactly(text: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(text)}(\s*\(\d+\))?\s*$")
