import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import { DAILY_PHONE_PATH, DAILY_SIGNATURE_HEADER, TWILIO_PATH, TWILIO_SIGNATURE_HEADER } from '../../contract/http';
import { FIREWALL_BODY_BYTES } from '../aws-limits';
import type { AwsStack } from '../aws-stack';
import type { Settings } from '../settings';
import { logGroup } from './log-group';

const KNOWN_BAD_INPUTS = 'AWSManagedRulesKnownBadInputsRuleSet';
/** AWS's managed rule groups, in order of evaluation. */
const MANAGED_RULES = ['AWSManagedRulesAmazonIpReputationList', KNOWN_BAD_INPUTS, 'AWSManagedRulesCommonRuleSet'];

/** They carry callers' keys. */
const SECRET_HEADERS = ['authorization', 'cookie', 'x-api-key'];

type Statement = Readonly<Record<string, unknown>>;

const asIs = [{ priority: 0, type: 'NONE' }];

const under = (path: string): Statement => ({
  byte_match_statement: {
    field_to_match: { uri_path: {} },
    positional_constraint: 'STARTS_WITH',
    search_string: path,
    text_transformation: asIs,
  },
});

const FOR_TWILIO = under(TWILIO_PATH);

/** Without a signature, or larger than any webhook. What is signed wrongly is for the bot to refuse. */
const NOT_TWILIO: Statement = {
  or_statement: {
    statement: [
      {
        not_statement: {
          statement: [
            {
              size_constraint_statement: {
                field_to_match: { single_header: { name: TWILIO_SIGNATURE_HEADER } },
                comparison_operator: 'GT',
                size: 0,
                text_transformation: asIs,
              },
            },
          ],
        },
      },
      {
        size_constraint_statement: {
          field_to_match: { body: { oversize_handling: 'MATCH' } },
          comparison_operator: 'GT',
          size: FIREWALL_BODY_BYTES,
          text_transformation: asIs,
        },
      },
    ],
  },
};

/**
 * All telephone calls come from a few addresses, any of them public: neither their number nor their name is a reason to
 * refuse them, and rules on what bodies look like would refuse callers for their names.
 */
function butForCarrier({ phone, dailyPhone }: Settings): Statement {
  if (phone === undefined && dailyPhone === undefined) return {};
  // Daily's trial of the address is not signed: what is not is for the bot to refuse.
  const carrier = phone === undefined ? under(DAILY_PHONE_PATH) : FOR_TWILIO;
  return { scope_down_statement: { not_statement: { statement: [carrier] } } };
}

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
            ...butForCarrier(settings),
          },
        },
        visibilityConfig: visibility(`${names.base}-limit`),
      },
      ...MANAGED_RULES.map((name, index) => ({
        name,
        priority: index + 1,
        overrideAction: { none: {} },
        statement: {
          managed_rule_group_statement: {
            vendor_name: 'AWS',
            name,
            ...(name === KNOWN_BAD_INPUTS ? {} : butForCarrier(settings)),
          },
        },
        visibilityConfig: visibility(`${names.base}-${name}`),
      })),
      ...(settings.phone === undefined
        ? []
        : [
            {
              name: 'unsigned-phone',
              priority: MANAGED_RULES.length + 1,
              action: { block: {} },
              statement: { and_statement: { statement: [FOR_TWILIO, NOT_TWILIO] } },
              visibilityConfig: visibility(`${names.base}-unsigned-phone`),
            },
          ]),
    ],
  });
  const logs = logGroup(stack, 'firewall-log-group', names.firewallLogGroup, logsKeyArn);
  new Wafv2WebAclLoggingConfiguration(stack, 'firewall-logs', {
    resourceArn: acl.arn,
    logDestinationConfigs: [logs.arn],
    redactedFields: [
      ...SECRET_HEADERS,
      ...(settings.phone === undefined ? [] : [TWILIO_SIGNATURE_HEADER]),
      ...(settings.dailyPhone === undefined ? [] : [DAILY_SIGNATURE_HEADER]),
    ].map((name) => ({ singleHeader: { name } })),
  });
  return acl.arn;
}
