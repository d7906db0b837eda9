"""SOP条目 and 话术: what agents are to answer, versioned, with an owner, variants by date, and a wrong flag."""
