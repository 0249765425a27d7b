"""The gateway program: devices drive it, a durable outbox signs first and sends later."""
