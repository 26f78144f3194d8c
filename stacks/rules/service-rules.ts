import { HEALTH_PATH } from '../../contract/http';
import { asList, at, blocks, each, type Rule, text } from './document';

const isRedirect = (action: Readonly<Record<string, unknown>>) => action['type'] === 'redirect';

export const SERVICE_RULES: readonly Rule[] = [
  each('load-balancer', 'ELB.4, 5, 6, 12 / CKV_AWS_131, 91, 150, 328', ['aws_lb'], ({ attributes }, context) => {
    if (attributes['drop_invalid_header_fields'] !== true) return 'lets invalid headers through';
    if (at(attributes, 'access_logs', 'enabled') !== true) return 'keeps no access log';
    if (!['defensive', 'strictest'].includes(text(attributes['desync_mitigation_mode'])))
      return 'does not mitigate desync';
    return context.protected && attributes['enable_deletion_protection'] !== true ? 'can be deleted' : undefined;
  }),
  each('listeners', 'ELB.1 / CKV_AWS_2, 103, CKV2_AWS_20, 74', ['aws_lb_listener'], ({ attributes }, context) => {
    if (attributes['protocol'] === 'HTTPS') {
      return text(attributes['ssl_policy']).startsWith('ELBSecurityPolicy-TLS13-1-2') ? undefined : 'accepts old TLS';
    }
    return context.allowPlainHttp || blocks(attributes['default_action']).every(isRedirect)
      ? undefined
      : 'serves plain HTTP, which the settings do not allow';
  }),
  each('firewall', 'ELB.16 / CKV2_AWS_28', ['aws_lb'], (balancer, context, document) =>
    !context.protected ||
    balancer.attributes['internal'] === true ||
    document.refersTo('aws_wafv2_web_acl_association', 'resource_arn', balancer)
      ? undefined
      : 'is public and has no firewall',
  ),
  each('target-health', 'CKV_AWS_261', ['aws_lb_target_group'], ({ attributes }) =>
    at(attributes, 'health_check', 'path') === HEALTH_PATH
      ? undefined
      : 'does not check health where it cannot end calls',
  ),
  each('alarms', 'CloudWatch.15, 17 / CKV_AWS_319', ['aws_cloudwatch_metric_alarm'], ({ attributes }) =>
    attributes['actions_enabled'] === true && asList(attributes['alarm_actions']).length > 0
      ? undefined
      : 'tells nobody',
  ),
  each('delivered-events', 'events are not lost in silence', ['aws_cloudwatch_event_target'], ({ attributes }) =>
    at(attributes, 'dead_letter_config', 'arn') === undefined ? 'loses what it cannot deliver' : undefined,
  ),
  each('logged-machines', 'CKV_AWS_285', ['aws_sfn_state_machine'], ({ attributes }) =>
    ['ERROR', 'ALL'].includes(text(at(attributes, 'logging_configuration', 'level'))) ? undefined : 'logs no failure',
  ),
];
