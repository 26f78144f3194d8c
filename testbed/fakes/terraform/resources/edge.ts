import type { Body } from './body';
import type { Attributes } from './attributes';
import { call, type ResourceEntry, there } from './entry';
import { pascal } from './pascal';

const webAcl = (of: Attributes): Body => ({
  Name: of.must('name'),
  Scope: of.must('scope'),
  Description: of.text('description'),
  DefaultAction: pascal(of.block('default_action')?.value),
  VisibilityConfig: pascal(of.block('visibility_config')?.value),
  Rules: of.blocks('rule').map((rule) => pascal(rule.value)),
});
const aclId = (of: Attributes) => ({ Id: of.must('id'), Name: of.must('name'), Scope: of.must('scope') });

const loadBalancerAttributes = (of: Attributes): Body => {
  const logs = of.block('access_logs');
  const attributes: Record<string, string | number | boolean | undefined> = {
    'access_logs.s3.enabled': logs?.flag('enabled') ?? false,
    'access_logs.s3.bucket': logs?.text('bucket'),
    'deletion_protection.enabled': of.flag('enable_deletion_protection') ?? false,
    'idle_timeout.timeout_seconds': of.number('idle_timeout'),
    'routing.http.drop_invalid_header_fields.enabled': of.flag('drop_invalid_header_fields') ?? false,
    'routing.http.desync_mitigation_mode': of.text('desync_mitigation_mode'),
  };
  return {
    LoadBalancerArn: of.must('id'),
    Attributes: Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([Key, value]) => ({ Key, Value: String(value) })),
  };
};

const listener = (of: Attributes): Body => {
  const certificate = of.text('certificate_arn');
  return {
    Port: of.number('port'),
    Protocol: of.text('protocol'),
    SslPolicy: of.text('ssl_policy'),
    Certificates: certificate === undefined ? undefined : [{ CertificateArn: certificate }],
    DefaultActions: of.blocks('default_action').map((action) => {
      const redirect = action.block('redirect');
      return {
        Type: action.text('type'),
        TargetGroupArn: action.text('target_group_arn'),
        RedirectConfig: redirect && {
          Protocol: redirect.text('protocol'),
          Port: redirect.text('port'),
          StatusCode: redirect.text('status_code'),
        },
      };
    }),
  };
};

const listenerRule = (of: Attributes): Body => ({
  Actions: of.blocks('action').map((action) => ({
    Type: action.text('type'),
    TargetGroupArn: action.text('target_group_arn'),
    ForwardConfig: action.block('forward') && {
      TargetGroups: action
        .block('forward')
        ?.blocks('target_group')
        .map((group) => ({ TargetGroupArn: group.text('arn'), Weight: group.number('weight') })),
    },
  })),
  Conditions: of.blocks('condition').map((condition) => {
    const header = condition.block('http_header');
    const path = condition.block('path_pattern');
    return {
      Field: header === undefined ? 'path-pattern' : 'http-header',
      HttpHeaderConfig: header && { HttpHeaderName: header.text('http_header_name'), Values: header.texts('values') },
      PathPatternConfig: path && { Values: path.texts('values') },
    };
  }),
});

const healthCheck = (of: Attributes): Body => {
  const check = of.block('health_check');
  return {
    HealthCheckPath: check?.text('path'),
    HealthCheckIntervalSeconds: check?.number('interval'),
    HealthCheckTimeoutSeconds: check?.number('timeout'),
    HealthyThresholdCount: check?.number('healthy_threshold'),
    UnhealthyThresholdCount: check?.number('unhealthy_threshold'),
    Matcher: { HttpCode: check?.text('matcher') },
  };
};

/** Load balancer, firewall and DNS. */
export const EDGE: Readonly<Record<string, ResourceEntry>> = {
  aws_lb: {
    service: 'elasticloadbalancing',
    create: [
      call('CreateLoadBalancer', (of) => ({
        Name: of.must('name'),
        Type: of.text('load_balancer_type'),
        Scheme: of.flag('internal') === true ? 'internal' : 'internet-facing',
        Subnets: of.texts('subnets'),
        SecurityGroups: of.texts('security_groups'),
      })),
    ],
    made: (answer) => {
      const arn = answer.text('LoadBalancers.0.LoadBalancerArn');
      return {
        id: arn,
        arn,
        arn_suffix: arn?.split(':loadbalancer/')[1],
        dns_name: answer.text('LoadBalancers.0.DNSName'),
        zone_id: answer.text('LoadBalancers.0.CanonicalHostedZoneId'),
      };
    },
    settings: [call('ModifyLoadBalancerAttributes', loadBalancerAttributes)],
    read: call('DescribeLoadBalancers', (of) => ({ LoadBalancerArns: [of.must('id')] })),
    found: (answer) => (answer.list('LoadBalancers').length > 0 ? there() : undefined),
    update: [
      call('SetSecurityGroups', (of) => ({
        LoadBalancerArn: of.must('id'),
        SecurityGroups: of.texts('security_groups'),
      })),
    ],
    destroy: [call('DeleteLoadBalancer', (of) => ({ LoadBalancerArn: of.must('id') }))],
  },
  aws_lb_target_group: {
    service: 'elasticloadbalancing',
    create: [
      call('CreateTargetGroup', (of) => ({
        Name: of.must('name'),
        Port: of.number('port'),
        Protocol: of.text('protocol'),
        TargetType: of.text('target_type'),
        VpcId: of.must('vpc_id'),
        ...(healthCheck(of) as object),
      })),
    ],
    made: (answer) => {
      const arn = answer.text('TargetGroups.0.TargetGroupArn');
      return { id: arn, arn, arn_suffix: arn?.split(':').at(-1) };
    },
    settings: [
      call('ModifyTargetGroupAttributes', (of) => ({
        TargetGroupArn: of.must('id'),
        Attributes: [
          { Key: 'deregistration_delay.timeout_seconds', Value: of.text('deregistration_delay') },
          { Key: 'load_balancing.algorithm.type', Value: of.text('load_balancing_algorithm_type') },
        ],
      })),
    ],
    read: call('DescribeTargetGroups', (of) => ({ TargetGroupArns: [of.must('id')] })),
    found: (answer) => {
      const path = answer.text('TargetGroups.0.HealthCheckPath');
      return path === undefined ? undefined : there();
    },
    update: [call('ModifyTargetGroup', (of) => ({ TargetGroupArn: of.must('id'), ...(healthCheck(of) as object) }))],
    destroy: [call('DeleteTargetGroup', (of) => ({ TargetGroupArn: of.must('id') }))],
  },
  aws_lb_listener: {
    service: 'elasticloadbalancing',
    create: [
      call('CreateListener', (of) => ({
        LoadBalancerArn: of.must('load_balancer_arn'),
        ...(listener(of) as object),
      })),
    ],
    made: (answer) => ({ id: answer.text('Listeners.0.ListenerArn'), arn: answer.text('Listeners.0.ListenerArn') }),
    read: call('DescribeListeners', (of) => ({ ListenerArns: [of.must('id')] })),
    found: (answer) => {
      const [found] = answer.list('Listeners');
      return found && { port: Number(found.text('Port')), protocol: found.text('Protocol') };
    },
    update: [call('ModifyListener', (of) => ({ ListenerArn: of.must('id'), ...(listener(of) as object) }))],
    destroy: [call('DeleteListener', (of) => ({ ListenerArn: of.must('id') }))],
  },
  aws_lb_listener_rule: {
    service: 'elasticloadbalancing',
    create: [
      call('CreateRule', (of) => ({
        ListenerArn: of.must('listener_arn'),
        Priority: of.number('priority'),
        ...(listenerRule(of) as object),
      })),
    ],
    made: (answer) => ({ id: answer.text('Rules.0.RuleArn'), arn: answer.text('Rules.0.RuleArn') }),
    read: call('DescribeRules', (of) => ({ RuleArns: [of.must('id')] })),
    found: (answer) => (answer.list('Rules').length > 0 ? there() : undefined),
    update: [call('ModifyRule', (of) => ({ RuleArn: of.must('id'), ...(listenerRule(of) as object) }))],
    destroy: [call('DeleteRule', (of) => ({ RuleArn: of.must('id') }))],
  },
  aws_wafv2_web_acl: {
    service: 'wafv2',
    create: [call('CreateWebACL', webAcl)],
    made: (answer) => ({
      id: answer.text('Summary.Id'),
      arn: answer.text('Summary.ARN'),
      lock_token: answer.text('Summary.LockToken'),
    }),
    read: call('GetWebACL', aclId),
    found: (answer) => ({ description: answer.text('WebACL.Description'), lock_token: answer.text('LockToken') }),
    update: [
      call('UpdateWebACL', (of) => ({
        ...(webAcl(of) as object),
        Id: of.must('id'),
        LockToken: of.text('lock_token'),
      })),
    ],
    destroy: [call('DeleteWebACL', (of) => ({ ...aclId(of), LockToken: of.text('lock_token') }))],
  },
  aws_wafv2_web_acl_association: {
    service: 'wafv2',
    create: [
      call('AssociateWebACL', (of) => ({ WebACLArn: of.must('web_acl_arn'), ResourceArn: of.must('resource_arn') })),
    ],
    made: (_answer, of) => ({ id: `${of.must('web_acl_arn')},${of.must('resource_arn')}` }),
    read: call('GetWebACLForResource', (of) => ({ ResourceArn: of.must('resource_arn') })),
    found: (answer) => (answer.at('WebACL') === undefined ? undefined : { web_acl_arn: answer.text('WebACL.ARN') }),
    destroy: [call('DisassociateWebACL', (of) => ({ ResourceArn: of.must('resource_arn') }))],
  },
  aws_wafv2_web_acl_logging_configuration: {
    service: 'wafv2',
    create: [],
    made: (_answer, of) => ({ id: of.must('resource_arn') }),
    settings: [
      call('PutLoggingConfiguration', (of) => ({
        LoggingConfiguration: {
          ResourceArn: of.must('resource_arn'),
          LogDestinationConfigs: of.texts('log_destination_configs'),
        },
      })),
    ],
    read: call('GetLoggingConfiguration', (of) => ({ ResourceArn: of.must('resource_arn') })),
    found: there,
    destroy: [call('DeleteLoggingConfiguration', (of) => ({ ResourceArn: of.must('resource_arn') }))],
  },
  aws_route53_record: {
    service: 'route53',
    create: [],
    made: (_answer, of) => {
      const name = of.must('name').replace(/\.$/, '');
      return { id: `${of.must('zone_id')}_${name}_${of.must('type')}`, fqdn: name };
    },
    settings: [call(recordSets, (of) => recordChange(of, 'UPSERT'))],
    read: call(
      (of) => `GET /2013-04-01/hostedzone/${of.must('zone_id')}/rrset?name=${of.must('name')}&type=${of.must('type')}`,
    ),
    found: (answer, of) =>
      JSON.stringify(answer.value).includes(of.must('name').replace(/\.$/, '')) ? there() : undefined,
    destroy: [call(recordSets, (of) => recordChange(of, 'DELETE'))],
  },
};

function recordSets(of: Attributes): string {
  return `POST /2013-04-01/hostedzone/${of.must('zone_id')}/rrset`;
}

function recordChange(of: Attributes, Action: string): Body {
  const alias = of.block('alias');
  return {
    ChangeResourceRecordSetsRequest: {
      ChangeBatch: {
        Changes: {
          Change: {
            Action,
            ResourceRecordSet: {
              Name: of.must('name'),
              Type: of.must('type'),
              TTL: of.number('ttl'),
              ResourceRecords:
                alias === undefined
                  ? { ResourceRecord: (of.texts('records') ?? []).map((Value) => ({ Value })) }
                  : undefined,
              AliasTarget: alias && {
                HostedZoneId: alias.text('zone_id'),
                DNSName: alias.text('name'),
                EvaluateTargetHealth: alias.flag('evaluate_target_health'),
              },
            },
          },
        },
      },
    },
  };
}
