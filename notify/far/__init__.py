"""Far ends: mail servers, Telegram and SMS gateways, each behind `send(letter)` of `notify.model.FarEnd`.

A channel's row says by its settings where the far end is:

    email     host, port, security (starttls, tls, none), user, sender, ca (PEM); secret: the password
    telegram  base (another Bot API than Telegram's own); secret: the bot's token
    sms_smpp  host, port, security (tls, none), ca (PEM), user, sender, system_type; secret: the password, of at most
              8 characters
    sms_http  url, sender, body (json, form), to, text, from, key (names of fields); secret: a bearer token

Channels of SMS have `quiet`, two times of day, besides; all have `daily`, the most messages of a day, and
`daily_each`, the most to one address.
"""
