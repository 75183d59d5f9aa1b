"""The limits of SQS, S3 and DynamoDB, which hold in every driver. Imports nothing: collect uses it."""

from __future__ import annotations

MAX_MESSAGE_BYTES = 262_144
MAX_DELAY_SECONDS = 900
MAX_VISIBILITY_SECONDS = 43_200
MAX_OBJECT_BYTES = 5 * 1024**3
MAX_OBJECT_KEY_BYTES = 1024
MAX_ITEM_BYTES = 409_600
MAX_PK_BYTES = 2048
MAX_SK_BYTES = 1024
MAX_TRANSACTION_OPERATIONS = 100
MAX_KEYS_PER_READ = 100
"""So many items are read by their keys with one request; more with several."""
