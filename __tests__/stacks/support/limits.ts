/** What AWS allows in names (each service's API reference): longest length, and alphabet. */
export interface NameLimit {
  readonly max: number;
  readonly alphabet: RegExp;
}

const limit = (max: number, alphabet: RegExp): NameLimit => ({ max, alphabet });
const DASHED = /^[A-Za-z0-9-]+$/;

/** By resource type and attribute. Every attribute that names something in AWS is here; a test sees to that. */
export const NAME_LIMITS: Readonly<Record<string, NameLimit>> = {
  'aws_appautoscaling_policy.name': limit(256, /^[^\x00-\x1f]+$/), // oxlint-disable-line no-control-regex -- AWS's own alphabet
  'aws_athena_named_query.name': limit(128, /^[^\x00-\x1f]+$/), // oxlint-disable-line no-control-regex -- AWS's own alphabet
  'aws_athena_workgroup.name': limit(128, /^[\w.-]+$/),
  'aws_cloudtrail.name': limit(128, /^[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$/),
  'aws_cloudwatch_dashboard.dashboard_name': limit(255, /^[A-Za-z0-9_-]+$/),
  'aws_cloudwatch_event_bus.name': limit(256, /^[.\-_A-Za-z0-9]+$/),
  'aws_cloudwatch_event_rule.name': limit(64, /^[.\-_A-Za-z0-9]+$/),
  'aws_cloudwatch_event_target.target_id': limit(64, /^[.\-_A-Za-z0-9]+$/),
  'aws_cloudwatch_log_group.name': limit(512, /^[.\-_/#A-Za-z0-9]+$/),
  'aws_cloudwatch_log_metric_filter.name': limit(512, /^[^:*]+$/),
  'aws_cloudwatch_metric_alarm.alarm_name': limit(255, /^[\x20-\x7e]+$/),
  'aws_dynamodb_table.name': limit(255, /^[A-Za-z0-9_.-]{3,}$/),
  'aws_cloudwatch_query_definition.name': limit(255, /^[^:*]+$/),
  'aws_ecr_repository.name': limit(256, /^[a-z0-9]+([._/-][a-z0-9]+)*$/),
  'aws_ecs_cluster.name': limit(255, /^[A-Za-z0-9_-]+$/),
  'aws_ecs_service.name': limit(255, /^[A-Za-z0-9_-]+$/),
  'aws_appautoscaling_scheduled_action.name': limit(256, /^(?!\s)[^|:/\\]+$/),
  'aws_ecs_task_definition.family': limit(255, /^[A-Za-z0-9_-]+$/),
  // Narrower than Glue's, which takes names that SQL must have quoted.
  'aws_glue_catalog_database.name': limit(255, /^[a-z][a-z0-9_]*$/),
  'aws_glue_catalog_table.name': limit(255, /^[a-z][a-z0-9_]*$/),
  'aws_iam_role.name': limit(64, /^[\w+=,.@-]+$/),
  'aws_iam_role_policy.name': limit(128, /^[\w+=,.@-]+$/),
  'aws_kms_alias.name': limit(256, /^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/),
  'aws_lb.name': limit(32, /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/),
  'aws_lb_target_group.name': limit(32, /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/),
  'aws_s3_bucket.bucket': limit(63, /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/),
  'aws_secretsmanager_secret.name': limit(512, /^[A-Za-z0-9/_+=.@-]+$/),
  'aws_security_group.name': limit(255, /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/),
  'aws_sfn_state_machine.name': limit(80, DASHED),
  'aws_sqs_queue.name': limit(80, DASHED),
  'aws_sns_topic.name': limit(256, /^[A-Za-z0-9_-]+$/),
  'aws_wafv2_web_acl.name': limit(128, /^[A-Za-z0-9_-]+$/),
  // Names that are a host or a path of their own kind.
  'aws_route53_record.name': limit(255, /^[a-z0-9.-]+$/),
};

/** Texts whose length AWS limits, by resource type and attribute. */
export const TEXT_LIMITS: Readonly<Record<string, number>> = {
  'aws_athena_named_query.description': 1_024,
  'aws_athena_named_query.query': 262_144,
  'aws_athena_workgroup.description': 1_024,
  'aws_cloudwatch_event_bus.description': 512,
  'aws_cloudwatch_event_rule.description': 512,
  'aws_cloudwatch_event_rule.event_pattern': 2_048,
  'aws_cloudwatch_metric_alarm.alarm_description': 1_024,
  'aws_cloudwatch_query_definition.query_string': 10_000,
  'aws_cloudwatch_log_metric_filter.pattern': 1_024,
  'aws_glue_catalog_database.description': 2_048,
  'aws_glue_catalog_table.description': 2_048,
  'aws_iam_role.assume_role_policy': 2_048,
  'aws_iam_role.description': 1_000,
  // All inline policies of a role together; each role has one.
  'aws_iam_role_policy.policy': 10_240,
  'aws_kms_key.policy': 32_768,
  'aws_s3_bucket_policy.policy': 20_480,
  'aws_secretsmanager_secret.description': 2_048,
  'aws_secretsmanager_secret_policy.policy': 20_480,
  'aws_security_group.description': 255,
  'aws_sfn_state_machine.definition': 1_048_576,
  'aws_vpc_security_group_egress_rule.description': 255,
  'aws_vpc_security_group_ingress_rule.description': 255,
  'aws_wafv2_web_acl.description': 256,
};
