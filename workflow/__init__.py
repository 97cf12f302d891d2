"""The engine and its records; knows neither Flask nor APScheduler."""
