"""Items and quizzes that ship, beside the lessons of courses/starter."""
