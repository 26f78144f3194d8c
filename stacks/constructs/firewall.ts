import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import type { AwsStack } from '../aws-stack';
import { logGroup } from './log-group';

/** AWS's managed rule groups, in order of evaluation. */
const MANAGED_RULES = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesCommonRuleSet',
];

/** A web application firewall with a rate limit per address; undefined if the settings disable it. */
export function firewall(stack: AwsStack, logsKeyArn: string): string | undefined {
  const { names, settings } = stack;
  if (!settings.loadBalancer.waf) return undefined;
  const visibility = (metricName: string) => ({
    metricName,
    cloudwatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
  });
  const acl = new Wafv2WebAcl(stack, 'firewall', {
    name: names.base,
    description: 'Guards the load balancer of the voice agent',
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility(names.base),
    // The bindings do not type statements and pass them on unchanged, so they use Terraform's own spelling.
    rule: [
      {
        name: 'limit-per-address',
        priority: 0,
        action: { block: {} },
        statement: {
          rate_based_statement: {
            limit: settings.loadBalancer.requestsPerFiveMinutes,
            aggregate_key_type: 'IP',
            evaluation_window_sec: 300,
          },
        },
        visibilityConfig: visibility(`${names.base}-limit`),
      },
      ...MANAGED_RULES.map((name, index) => ({
        name,
        priority: index + 1,
        overrideAction: { none: {} },
        statement: { managed_rule_group_statement: { vendor_name: 'AWS', name } },
        visibilityConfig: visibility(`${names.base}-${name}`),
      })),
    ],
  });
  const logs = logGroup(stack, 'firewall-log-group', names.firewallLogGroup, logsKeyArn);
  new Wafv2WebAclLoggingConfiguration(stack, 'firewall-logs', {
    resourceArn: acl.arn,
    logDestinationConfigs: [logs.arn],
    // These headers carry callers' keys.
    redactedFields: ['authorization', 'cookie', 'x-api-key'].map((name) => ({ singleHeader: { name } })),
  });
  return acl.arn;
}
