"""What AWS asks, in US dollars: us-east-1, on demand, without the free tier. As published in November 2025.

Source: the pricing pages of SQS, S3, DynamoDB and Lambda (arm64).
"""

from __future__ import annotations

from typing import Final

DATED: Final = "2025-11"
SQS_REQUEST: Final = 0.40 / 1e6
S3_WRITE: Final = 5.00 / 1e6
"""PUT, POST, COPY and LIST."""
S3_READ: Final = 0.40 / 1e6
DYNAMODB_WRITE_UNIT: Final = 0.625 / 1e6
"""A write of up to 1 KB."""
DYNAMODB_READ_UNIT: Final = 0.125 / 1e6
"""A consistent read of up to 4 KB."""
LAMBDA_REQUEST: Final = 0.20 / 1e6
LAMBDA_GB_SECOND: Final = 0.0000133334
GB_PER_VCPU: Final = 1.769
"""Lambda gives one processor to 1,769 MB: work that takes a CPU second costs so many GB-seconds at any size below."""
S3_GB_MONTH: Final = 0.023
