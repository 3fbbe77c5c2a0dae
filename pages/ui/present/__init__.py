"""The parts of the page on which stories are made and shown."""
