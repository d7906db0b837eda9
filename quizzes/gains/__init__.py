"""前后测增益: what people score before and after, on parallel papers, and how sure one may be of the difference."""
