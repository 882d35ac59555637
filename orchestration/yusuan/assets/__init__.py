"""One Dagster asset file per stage. Each calls the room of its stage and reports what came of it; no logic lives here."""
