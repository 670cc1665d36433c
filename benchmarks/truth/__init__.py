"""Where the known pairs come from: planted functions, and comments that say what was copied or ported from where."""
