import type { Body } from './body';
import type { Attributes } from './attributes';
import { call, type ResourceEntry, there } from './entry';

const alarm = (of: Attributes): Body => ({
  AlarmName: of.must('alarm_name'),
  AlarmDescription: of.text('alarm_description'),
  ActionsEnabled: of.flag('actions_enabled'),
  AlarmActions: of.texts('alarm_actions'),
  OKActions: of.texts('ok_actions'),
  ComparisonOperator: of.text('comparison_operator'),
  EvaluationPeriods: of.number('evaluation_periods'),
  DatapointsToAlarm: of.number('datapoints_to_alarm'),
  Threshold: of.number('threshold'),
  TreatMissingData: of.text('treat_missing_data'),
  MetricName: of.text('metric_name'),
  Namespace: of.text('namespace'),
  Period: of.number('period'),
  Statistic: of.text('statistic'),
  ExtendedStatistic: of.text('extended_statistic'),
  Dimensions: Object.entries(of.texted('dimensions') ?? {}).map(([Name, Value]) => ({ Name, Value })),
  Metrics: of.blocks('metric_query').map((query) => {
    const metric = query.block('metric');
    return {
      Id: query.text('id'),
      Expression: query.text('expression'),
      Label: query.text('label'),
      ReturnData: query.flag('return_data'),
      MetricStat: metric && {
        Metric: { MetricName: metric.text('metric_name'), Namespace: metric.text('namespace') },
        Period: metric.number('period'),
        Stat: metric.text('stat'),
      },
    };
  }),
});

const rule = (of: Attributes): Body => ({
  Name: of.must('name'),
  EventBusName: of.text('event_bus_name'),
  Description: of.text('description'),
  EventPattern: of.text('event_pattern'),
  State: 'ENABLED',
});

const target = (of: Attributes): Body => {
  const retry = of.block('retry_policy');
  return {
    Rule: of.must('rule'),
    EventBusName: of.text('event_bus_name'),
    Targets: [
      {
        Id: of.must('target_id'),
        Arn: of.must('arn'),
        RoleArn: of.text('role_arn'),
        DeadLetterConfig: { Arn: of.block('dead_letter_config')?.text('arn') },
        RetryPolicy: retry && {
          MaximumEventAgeInSeconds: retry.number('maximum_event_age_in_seconds'),
          MaximumRetryAttempts: retry.number('maximum_retry_attempts'),
        },
      },
    ],
  };
};

const stateMachine = (of: Attributes): Body => {
  const logging = of.block('logging_configuration');
  return {
    definition: of.must('definition'),
    roleArn: of.must('role_arn'),
    loggingConfiguration: logging && {
      level: logging.text('level'),
      includeExecutionData: logging.flag('include_execution_data'),
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logging.text('log_destination') } }],
    },
  };
};

const filter = (of: Attributes): Body => ({
  filterName: of.must('name'),
  filterPattern: of.text('pattern') ?? '',
  logGroupName: of.must('log_group_name'),
  metricTransformations: of.blocks('metric_transformation').map((one) => ({
    metricName: one.text('name'),
    metricNamespace: one.text('namespace'),
    metricValue: one.text('value'),
    defaultValue: one.text('default_value') === undefined ? undefined : Number(one.text('default_value')),
    unit: one.text('unit'),
  })),
});

/** Logs, metrics, alarms, events and what they start. */
export const OBSERVATION: Readonly<Record<string, ResourceEntry>> = {
  aws_cloudwatch_log_group: {
    service: 'logs',
    create: [call('CreateLogGroup', (of) => ({ logGroupName: of.must('name'), kmsKeyId: of.text('kms_key_id') }))],
    made: (_answer, of, api) => ({ id: of.must('name'), arn: api.arn('logs', `log-group:${of.must('name')}`) }),
    settings: [
      call('PutRetentionPolicy', (of) => ({
        logGroupName: of.must('name'),
        retentionInDays: of.number('retention_in_days'),
      })),
    ],
    read: call('DescribeLogGroups', (of) => ({ logGroupNamePrefix: of.must('id') })),
    found: (answer, of) => {
      const group = answer.list('logGroups').find((one) => one.text('logGroupName') === of.text('id'));
      return group && { retention_in_days: Number(group.at('retentionInDays')), kms_key_id: group.text('kmsKeyId') };
    },
    destroy: [call('DeleteLogGroup', (of) => ({ logGroupName: of.must('id') }))],
  },
  aws_cloudwatch_log_metric_filter: {
    service: 'logs',
    create: [],
    made: (_answer, of) => ({ id: of.must('name') }),
    settings: [call('PutMetricFilter', filter)],
    read: call('DescribeMetricFilters', (of) => ({
      logGroupName: of.must('log_group_name'),
      filterNamePrefix: of.must('name'),
    })),
    found: (answer, of) => {
      // The emulator keeps the filters that another of the same name has replaced.
      const found = answer.list('metricFilters').findLast((one) => one.text('filterName') === of.text('name'));
      return found && { pattern: found.text('filterPattern') };
    },
    destroy: [
      call('DeleteMetricFilter', (of) => ({ filterName: of.must('name'), logGroupName: of.must('log_group_name') })),
    ],
  },
  aws_cloudwatch_query_definition: {
    service: 'logs',
    by: 'stand-in',
    create: [],
    settings: [
      call('PutQueryDefinition', (of) => ({
        name: of.must('name'),
        queryString: of.must('query_string'),
        logGroupNames: of.texts('log_group_names'),
        queryDefinitionId: of.text('query_definition_id'),
      })),
    ],
    made: (answer) => ({ id: answer.text('queryDefinitionId'), query_definition_id: answer.text('queryDefinitionId') }),
    read: call('DescribeQueryDefinitions', (of) => ({ queryDefinitionNamePrefix: of.must('name') })),
    found: (answer, of) => {
      const found = answer.list('queryDefinitions').find((one) => one.text('queryDefinitionId') === of.text('id'));
      return found && { query_string: found.text('queryString') };
    },
    destroy: [call('DeleteQueryDefinition', (of) => ({ queryDefinitionId: of.must('id') }))],
  },
  aws_cloudwatch_metric_alarm: {
    service: 'monitoring',
    create: [],
    made: (_answer, of, api) => ({
      id: of.must('alarm_name'),
      arn: api.arn('cloudwatch', `alarm:${of.must('alarm_name')}`),
    }),
    settings: [call('PutMetricAlarm', alarm)],
    read: call('DescribeAlarms', (of) => ({ AlarmNames: [of.must('id')] })),
    found: (answer) => {
      const [found] = answer.list('MetricAlarms');
      return found && { threshold: Number(found.text('Threshold')), alarm_description: found.text('AlarmDescription') };
    },
    destroy: [call('DeleteAlarms', (of) => ({ AlarmNames: [of.must('id')] }))],
  },
  aws_cloudwatch_dashboard: {
    service: 'monitoring',
    create: [],
    made: (_answer, of, api) => ({
      id: of.must('dashboard_name'),
      dashboard_arn: `arn:aws:cloudwatch::${api.accountId}:dashboard/${of.must('dashboard_name')}`,
    }),
    settings: [
      call('PutDashboard', (of) => ({
        DashboardName: of.must('dashboard_name'),
        DashboardBody: of.must('dashboard_body'),
      })),
    ],
    read: call('GetDashboard', (of) => ({ DashboardName: of.must('id') })),
    found: (answer) => ({ dashboard_body: answer.text('DashboardBody') }),
    destroy: [call('DeleteDashboards', (of) => ({ DashboardNames: [of.must('id')] }))],
  },
  aws_cloudwatch_event_bus: {
    service: 'events',
    create: [call('CreateEventBus', (of) => ({ Name: of.must('name'), Description: of.text('description') }))],
    made: (answer, of) => ({ id: of.must('name'), arn: answer.text('EventBusArn') }),
    read: call('DescribeEventBus', (of) => ({ Name: of.must('id') })),
    found: there,
    destroy: [call('DeleteEventBus', (of) => ({ Name: of.must('id') }))],
  },
  aws_cloudwatch_event_rule: {
    service: 'events',
    create: [],
    settings: [call('PutRule', rule)],
    made: (answer, of) => ({ id: of.must('name'), arn: answer.text('RuleArn') }),
    read: call('DescribeRule', (of) => ({ Name: of.must('name'), EventBusName: of.text('event_bus_name') })),
    found: (answer) => ({ event_pattern: answer.text('EventPattern'), description: answer.text('Description') }),
    destroy: [call('DeleteRule', (of) => ({ Name: of.must('name'), EventBusName: of.text('event_bus_name') }))],
  },
  aws_cloudwatch_event_target: {
    service: 'events',
    create: [],
    made: (_answer, of) => ({ id: `${of.must('rule')}-${of.must('target_id')}` }),
    settings: [call('PutTargets', target)],
    read: call('ListTargetsByRule', (of) => ({ Rule: of.must('rule'), EventBusName: of.text('event_bus_name') })),
    found: (answer, of) => {
      const found = answer.list('Targets').find((one) => one.text('Id') === of.text('target_id'));
      return found && { arn: found.text('Arn'), role_arn: found.text('RoleArn') };
    },
    destroy: [
      call('RemoveTargets', (of) => ({
        Rule: of.must('rule'),
        EventBusName: of.text('event_bus_name'),
        Ids: [of.must('target_id')],
      })),
    ],
  },
  aws_sfn_state_machine: {
    service: 'states',
    create: [
      call('CreateStateMachine', (of) => ({
        name: of.must('name'),
        type: of.text('type') ?? 'STANDARD',
        ...(stateMachine(of) as object),
      })),
    ],
    made: (answer) => ({ id: answer.text('stateMachineArn'), arn: answer.text('stateMachineArn') }),
    read: call('DescribeStateMachine', (of) => ({ stateMachineArn: of.must('id') })),
    found: (answer) => ({ definition: answer.text('definition'), role_arn: answer.text('roleArn') }),
    update: [call('UpdateStateMachine', (of) => ({ stateMachineArn: of.must('id'), ...(stateMachine(of) as object) }))],
    destroy: [call('DeleteStateMachine', (of) => ({ stateMachineArn: of.must('id') }))],
  },
  aws_sns_topic: {
    service: 'sns',
    create: [call('CreateTopic', (of) => ({ Name: of.must('name') }))],
    made: (answer) => ({ id: answer.text('TopicArn'), arn: answer.text('TopicArn') }),
    settings: [
      call('SetTopicAttributes', (of) => ({
        TopicArn: of.must('id'),
        AttributeName: 'KmsMasterKeyId',
        AttributeValue: of.text('kms_master_key_id'),
      })),
    ],
    read: call('GetTopicAttributes', (of) => ({ TopicArn: of.must('id') })),
    found: there,
    destroy: [call('DeleteTopic', (of) => ({ TopicArn: of.must('id') }))],
  },
  aws_sns_topic_policy: {
    service: 'sns',
    create: [],
    made: (_answer, of) => ({ id: of.must('arn') }),
    settings: [
      call('SetTopicAttributes', (of) => ({
        TopicArn: of.must('arn'),
        AttributeName: 'Policy',
        AttributeValue: of.must('policy'),
      })),
    ],
    read: call('GetTopicAttributes', (of) => ({ TopicArn: of.must('arn') })),
    // The topic keeps a policy of its own when this one goes: it goes with the topic.
    found: there,
  },
  aws_sns_topic_subscription: {
    service: 'sns',
    create: [
      call('Subscribe', (of) => ({
        TopicArn: of.must('topic_arn'),
        Protocol: of.must('protocol'),
        Endpoint: of.must('endpoint'),
        ReturnSubscriptionArn: true,
      })),
    ],
    made: (answer) => ({ id: answer.text('SubscriptionArn'), arn: answer.text('SubscriptionArn') }),
    read: call('GetSubscriptionAttributes', (of) => ({ SubscriptionArn: of.must('id') })),
    found: there,
    destroy: [call('Unsubscribe', (of) => ({ SubscriptionArn: of.must('id') }))],
  },
  aws_cloudtrail: {
    service: 'cloudtrail',
    create: [call('CreateTrail', (of) => trail(of)), call('StartLogging', (of) => ({ Name: of.must('name') }))],
    made: (answer, of, api) => {
      const arn = answer.text('TrailARN') ?? api.arn('cloudtrail', `trail/${of.must('name')}`);
      return { id: arn, arn, home_region: api.region };
    },
    settings: [
      call('PutEventSelectors', (of) => ({
        TrailName: of.must('name'),
        AdvancedEventSelectors: of.blocks('advanced_event_selector').map((selector) => ({
          Name: selector.text('name'),
          FieldSelectors: selector.blocks('field_selector').map((field) => ({
            Field: field.text('field'),
            Equals: field.texts('equals'),
            NotEquals: field.texts('not_equals'),
          })),
        })),
      })),
    ],
    read: call('GetTrail', (of) => ({ Name: of.must('name') })),
    found: (answer) => ({ s3_bucket_name: answer.text('Trail.S3BucketName') }),
    update: [call('UpdateTrail', (of) => trail(of))],
    destroy: [call('DeleteTrail', (of) => ({ Name: of.must('name') }))],
  },
};

const trail = (of: Attributes): Body => ({
  Name: of.must('name'),
  S3BucketName: of.must('s3_bucket_name'),
  IncludeGlobalServiceEvents: of.flag('include_global_service_events'),
  IsMultiRegionTrail: of.flag('is_multi_region_trail'),
  EnableLogFileValidation: of.flag('enable_log_file_validation'),
  KmsKeyId: of.text('kms_key_id'),
});
