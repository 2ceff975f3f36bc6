"""The SMS channel: texters and their phones, through a provider such as Twilio."""
