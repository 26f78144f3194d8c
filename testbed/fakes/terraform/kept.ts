/** Types that hold data, secrets or an address that others know: a new version of the project replaces none of them. */
export const KEPT_TYPES: readonly string[] = [
  'aws_kms_key',
  'aws_secretsmanager_secret',
  'aws_s3_bucket',
  'aws_dynamodb_table',
  'aws_lb',
  'aws_ecr_repository',
  'aws_cloudwatch_log_group',
  'aws_sqs_queue',
  'aws_eip',
  'aws_vpc',
];
