"""What AWS asks, in US dollars: us-east-1, on demand. As published in November 2025.

Source: the pricing pages of SQS, S3, DynamoDB, Lambda (arm64), CloudFront, API Gateway and CloudWatch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DATED: Final = "2025-11"
SQS_REQUEST: Final = 0.40 / 1e6
"""Up to 64 KB."""
S3_WRITE: Final = 5.00 / 1e6
"""PUT, POST, COPY and LIST."""
S3_READ: Final = 0.40 / 1e6
S3_GB_MONTH: Final = 0.023
DYNAMODB_WRITE_UNIT: Final = 0.625 / 1e6
"""A write of up to 1 KB."""
DYNAMODB_READ_UNIT: Final = 0.125 / 1e6
"""A consistent read of up to 4 KB."""
LAMBDA_REQUEST: Final = 0.20 / 1e6
LAMBDA_GB_SECOND: Final = 0.0000133334
GB_PER_VCPU: Final = 1.769
"""Lambda gives one processor to 1,769 MB: work that takes a CPU second costs so many GB-seconds at any size below."""
API_REQUEST: Final = 3.50 / 1e6
"""REST API."""
LOG_GB: Final = 0.50
METRIC_MONTH: Final = 0.30
"""One metric of our own, by the hours in which it came."""
CDN_REQUEST: Final = 1.00 / 1e6
"""HTTPS."""
CDN_GB: Final = 0.085
GB: Final = 1e9

ALWAYS_FREE: Final[Mapping[str, float]] = {
    "lambda_requests": 1_000_000,
    "gb_seconds": 400_000,
    "sqs_requests": 1_000_000,
    "log_bytes": 5 * GB,
    "metrics": 10,
    "cdn_requests": 10_000_000,
    "cdn_bytes": 1_000 * GB,
}
"""What each month is free for ever, by the names of tidemark.plugins.cost.model.Usage. S3, DynamoDB on demand and API
Gateway have no such share."""
FREE_TABLE_UNITS: Final = 24
"""Reads, and writes, per second of tables with given capacity (the template's `TableUnits=8`, three tables); an account has
25 of each for ever."""
