"""Who may see the status page."""

EXPECTED = {
    "system.index": {
        "anonymous": 302,
        "agent": 403,
        "lead": 403,
        "supervisor": 403,
        "evaluator": 403,
        "trainer": 403,
        "admin": 200,
    },
}
