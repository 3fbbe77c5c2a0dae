"""Stories worked out: what each scene shows, for the player and for what a meeting takes along."""
