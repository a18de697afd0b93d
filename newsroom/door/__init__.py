"""The door of the desk. Whoever tries passwords is slowed; nobody can keep others out.

`gates` slows, `record` remembers, `browsers` knows the browsers that somebody signed in with before; `knocking` puts
the three together, and `sessions` ends what they let in. The view that asks is `newsroom.admin.people.entering`.
"""
