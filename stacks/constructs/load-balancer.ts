import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener, type LbListenerConfig, type LbListenerDefaultAction } from '@cdktf/provider-aws/lib/lb-listener';
import { LbListenerRule, type LbListenerRuleCondition } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import type { ITerraformDependable } from 'cdktf';
import { BOT_PORT, HEALTH_PATH, NEXT_RELEASE_HEADER } from '../../contract/http';
import type { AwsStack } from '../aws-stack';
import type { FoundationStack } from '../foundation';
import { deregistrationSeconds, movesTraffic } from '../names';

/** TLS 1.2 and 1.3 with forward secrecy (Elastic Load Balancing, "Security policies"). */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

/** Several pings of a call's WebSocket. */
const IDLE_SECONDS = 120;

/** What ECS moves traffic with. */
export interface TrafficShift {
  readonly nextTargets: LbTargetGroup;
  readonly everybody: LbListenerRule;
  readonly next: LbListenerRule;
}

export interface LoadBalancer {
  readonly url: string;
  readonly targetGroupArn: string;
  /** `app/<name>/<id>`, as CloudWatch names it. */
  readonly metricSuffix: string;
  /** Of every group that tasks may be in. */
  readonly targetGroupMetricSuffixes: readonly string[];
  /** Undefined where releases are rolled out task by task. */
  readonly shift: TrafficShift | undefined;
  /** A dependency of the service: ECS refuses a target group that no listener uses. */
  readonly listener: ITerraformDependable;
}

/** The entry point for HTTP: starting calls, the page, and all of a telephone call. The audio of other calls does not pass here. */
export function loadBalancer(stack: AwsStack, foundation: FoundationStack): LoadBalancer {
  const { names, settings } = stack;
  const balancer = new Lb(stack, 'load-balancer', {
    name: names.loadBalancer,
    loadBalancerType: 'application',
    internal: settings.loadBalancer.internal,
    subnets: settings.loadBalancer.internal ? foundation.network.taskSubnetIds : foundation.network.publicSubnetIds,
    securityGroups: [foundation.securityGroups.loadBalancerId],
    dropInvalidHeaderFields: true,
    desyncMitigationMode: 'defensive',
    enableDeletionProtection: settings.protected,
    idleTimeout: IDLE_SECONDS,
    // They hold the paths of telephone calls, token and all: a line is written when the call is over, and the token was
    // good for seconds, once, and with a signature that no log holds.
    accessLogs: { bucket: names.accessLogBucket, enabled: true },
  });
  const targets = targetGroup(stack, foundation, 'targets', names.targetGroup);

  const listen = (protocol: 'HTTP' | 'HTTPS', action: LbListenerDefaultAction, tls: Partial<LbListenerConfig> = {}) =>
    new LbListener(stack, protocol.toLowerCase(), {
      loadBalancerArn: balancer.arn,
      port: protocol === 'HTTP' ? 80 : 443,
      protocol,
      defaultAction: [action],
      ...tls,
    });
  const forward = { type: 'forward', targetGroupArn: targets.arn };
  const { certificateArn } = foundation;
  let listener: LbListener;
  if (certificateArn === undefined) {
    stack.warn('Plain HTTP is served: API keys and tokens travel in the clear. Set `domain` for HTTPS.');
    listener = listen('HTTP', forward);
  } else {
    listen('HTTP', { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } });
    listener = listen('HTTPS', forward, { certificateArn, sslPolicy: TLS_POLICY });
  }
  if (foundation.firewallArn !== undefined) {
    new Wafv2WebAclAssociation(stack, 'firewall-association', {
      resourceArn: balancer.arn,
      webAclArn: foundation.firewallArn,
    });
  }
  const { domain } = settings;
  if (domain?.hostedZoneId !== undefined) {
    new Route53Record(stack, 'alias', {
      zoneId: domain.hostedZoneId,
      name: domain.name,
      type: 'A',
      alias: { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true },
    });
  }
  const shift = movesTraffic(settings) ? trafficShift(stack, foundation, listener, targets) : undefined;
  return {
    url: domain ? `https://${domain.name}` : `http://${balancer.dnsName}`,
    targetGroupArn: targets.arn,
    metricSuffix: balancer.arnSuffix,
    targetGroupMetricSuffixes: [targets, ...(shift === undefined ? [] : [shift.nextTargets])].map(
      (one) => one.arnSuffix,
    ),
    shift,
    listener,
  };
}

/** Where tasks are registered, and how their health is asked. */
function targetGroup(stack: AwsStack, foundation: FoundationStack, id: string, name: string): LbTargetGroup {
  return new LbTargetGroup(stack, id, {
    name,
    vpcId: foundation.network.vpcId,
    targetType: 'ip',
    protocol: 'HTTP',
    port: BOT_PORT,
    // Picks the task with the fewest requests: not quite the one with the fewest calls, but never a slow one.
    loadBalancingAlgorithmType: 'least_outstanding_requests',
    // HTTP requests, and the audio of telephone calls; the page's calls do not pass here. A task that still has calls
    // is protected, and so registered.
    deregistrationDelay: String(deregistrationSeconds(stack.settings)),
    healthCheck: {
      // Never /ready: a full or draining task answers 503 there, and ECS kills tasks that their target group reports
      // as unhealthy, calls and all.
      path: HEALTH_PATH,
      matcher: '200',
      interval: 15,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 4,
    },
  });
}

/** A second group of targets, and the two rules whose weights ECS sets: for callers, and for the smoke call. */
function trafficShift(
  stack: AwsStack,
  foundation: FoundationStack,
  listener: LbListener,
  targets: LbTargetGroup,
): TrafficShift {
  const nextTargets = targetGroup(stack, foundation, 'next-targets', stack.names.nextTargetGroup);
  const rule = (id: string, priority: number, condition: LbListenerRuleCondition) =>
    new LbListenerRule(stack, id, {
      listenerArn: listener.arn,
      priority,
      condition: [condition],
      action: [
        {
          type: 'forward',
          forward: {
            targetGroup: [
              { arn: targets.arn, weight: 100 },
              { arn: nextTargets.arn, weight: 0 },
            ],
          },
        },
      ],
      // From the first release on the weights are ECS's; setting them back would send callers to tasks that have gone.
      lifecycle: { ignoreChanges: ['action'] },
    });
  const { name, value } = NEXT_RELEASE_HEADER;
  const next = rule('next-release', 10, { httpHeader: { httpHeaderName: name, values: [value] } });
  const everybody = rule('everybody', 20, { pathPattern: { values: ['/*'] } });
  return { nextTargets, everybody, next };
}
