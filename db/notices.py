"""Channels of PostgreSQL's NOTIFY: who changed something tells who looks after it, at the commit (`db.notify`)."""

from typing import Final

MENUS: Final = "ivr_menus"  # menus, dialled numbers or studio recordings have changed
ASTERISK_CONFIG: Final = "asterisk_config"  # phones, queues or numbers: render Asterisk's files and reload what changed
MEMBERS: Final = "acd_members"  # with a person's id: in which queues they are, or how high there
PAUSED: Final = "acd_paused"  # with a person's id: only their pause may have changed
COMMANDS: Final = "acd_commands"  # an AgentCommand waits for the listener
APPEALS: Final = "appeals"  # with an organisation's id: an appeal came or changed; the triggers of its journal say so
FIGURES: Final = "figures"  # with an organisation's id: something that its board shows has changed
