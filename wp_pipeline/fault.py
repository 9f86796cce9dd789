"""What is wrong with settings or parameters: what was found, and what to do about it.

It stands at the root because settings, the list of endpoints and the configuration report faults in
the same way.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Fault:
    """One fault, in one line without any value.

    `setting` is the setting that must be changed, or whose parameter must be put again; empty if
    there is none. `is_missing` tells that the parameter does not exist, `is_further` that the fault
    before is about the same subject: then the message does not repeat the subject.
    """

    found: str
    cure: str = ""
    subject: str = ""
    setting: str = ""
    is_missing: bool = False
    is_further: bool = False

    def __str__(self) -> str:
        text = self.found if self.is_further else self.sentence
        return f"{text}: {self.cure}" if self.cure else text

    @property
    def sentence(self) -> str:
        """What was found, with its subject."""
        return f"{self.subject} {self.found}" if self.subject else self.found

    def about(self, subject: str, setting: str = "", *, is_further: bool = False) -> "Fault":
        """Return the fault with a subject before its own, such as the list before an entry."""
        return replace(
            self, found=self.sentence, subject=subject, setting=setting, is_further=is_further
        )


def faults_of(faults: tuple["Fault | str", ...]) -> tuple[Fault, ...]:
    """Return texts as faults without a cure."""
    return tuple(one if isinstance(one, Fault) else Fault(one) for one in faults)


def one_line(faults: tuple[Fault, ...]) -> str:
    return "; ".join(map(str, faults))
