"""What is typed into the desk: parsed, checked, and kept apart when a form is sent twice."""
