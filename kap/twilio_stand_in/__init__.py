"""A local stand-in of Twilio's Messages API, for development, tests and load runs.

`python -m kap.twilio_stand_in --help` says how to start it. It keeps what Twilio's documentation
says of limits, errors, signatures and blocked numbers, and sends nothing to anybody.
"""
