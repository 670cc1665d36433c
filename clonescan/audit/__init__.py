"""The self-audit: what of a project is elsewhere, which origin is named for it, how that stands, and what fails."""
