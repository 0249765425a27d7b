"""The sample cabinet (智能留样柜): what it says, and what records follow.

    registers / topic  →  profile, topics  →  Look  →  core  →  Task  →  records  →  Observation

`core` and what it is made of (`temperatures`, `alarms`, `samples`, `health`) are pure: looks and times
go in, tasks come out, state is a JSON value. `modbus` and `mqtt` are the only modules that speak to a
cabinet, `driver` the only one that waits.
"""
