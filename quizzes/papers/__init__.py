"""Papers (试卷): a quiz, its pool of items, and the rules by which a paper is drawn from it."""
