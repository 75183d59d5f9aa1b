"""The AWS driver: SQS, S3 and DynamoDB through boto3 and pynamodb, and the light client of collect (light.py)."""
