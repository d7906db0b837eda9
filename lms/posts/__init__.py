"""岗位: posts of the team (售前, 售后, VIP …), and the competencies that each requires."""
