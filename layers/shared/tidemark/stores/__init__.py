"""Where data lives: queues, objects and tables behind ports, each with an embedded and an AWS driver."""
