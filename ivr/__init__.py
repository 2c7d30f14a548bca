"""What a caller hears and presses: menus, prompts, opening hours and languages, as data."""
