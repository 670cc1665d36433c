"""Copies made the way copiers make them: functions, whole packages and configs, hidden among others' files."""
