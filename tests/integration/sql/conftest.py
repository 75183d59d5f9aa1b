"""An emulated AWS for the driver of Athena."""

from tests.support.moto import moto_server

__all__ = ["moto_server"]
