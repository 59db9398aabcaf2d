"""Who we are on GitHub, so that nobody else's text is ever taken for ours."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import ServerError
from reconciler.github.client import GitHub
from reconciler.github.request import CONTENTS
from reconciler.model.json_value import JsonObject

JOB_LOGIN = "github-actions[bot]"
"""The author of everything that a job's own token writes."""

_BOT = "[bot]"


@dataclass(frozen=True)
class Viewer:
    """The account behind the token. `login` is as GitHub says it: a bot's may come with or without `[bot]` (REST says it, GraphQL says
    it of the viewer only).
    """

    login: str

    def wrote(self, item: JsonObject) -> bool:
        """Whether this comment or issue is ours. A deleted author is nobody."""
        user = item.get("user")
        if not isinstance(user, dict) or not isinstance(user.get("login"), str):
            return False
        return self.is_account(str(user["login"]), is_bot=user.get("type") == "Bot")

    def is_account(self, login: str, *, is_bot: bool) -> bool:
        """Whether this is our account; a person may have the name of a bot without its suffix."""
        mine, theirs = self.login.lower(), login.lower()
        return mine == theirs or (is_bot and mine.removesuffix(_BOT) == theirs.removesuffix(_BOT))


async def viewer_of(github: GitHub) -> Viewer:
    """The token's account: by GraphQL, else by REST, else the job's own bot.

    A job's token is refused by `GET /user` (403, "Resource not accessible by integration"), and by GraphQL on servers without
    it.
    """
    try:
        data = await github.query("query { viewer { login } }")
        login = _login(data.get("viewer"))
    except ServerError:
        login = None
    if login is None:
        try:
            login = _login(await github.get("/user", permission=CONTENTS))
        except ServerError as error:
            if error.status is None:
                raise
    return Viewer(login or JOB_LOGIN)


def _login(value: object) -> str | None:
    login = value.get("login") if isinstance(value, dict) else None
    return login if isinstance(login, str) and login else None
