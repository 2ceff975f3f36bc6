"""One clinic's settings, facts and database. Imports no other package of ours."""
