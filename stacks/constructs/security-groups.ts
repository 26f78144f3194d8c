import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { BOT_PORT } from '../../contract/http';
import type { AwsStack } from '../aws-stack';
import { isSmokedFromInside, MEDIA_PORT } from '../names';
import type { Settings } from '../settings';

interface Way {
  readonly id: string;
  readonly protocol: 'tcp' | 'udp';
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/**
 * The UDP ranges are Daily's (its firewall guide): without them audio falls back to relays
 * over TCP and gets slow. Groups are stateful, so media needs nothing inbound.
 */
const HTTPS: Way = {
  id: 'https',
  protocol: 'tcp',
  from: 443,
  to: 443,
  why: 'AWS, Bedrock, Daily and tools over HTTPS',
};
const WAYS_TO_DAILY: readonly Way[] = [
  { id: 'daily-tcp', protocol: 'tcp', from: 40_000, to: 49_999, why: 'Daily media servers' },
  { id: 'daily-udp', protocol: 'udp', from: 40_000, to: 49_999, why: 'Daily media servers' },
  { id: 'daily-udp-peers', protocol: 'udp', from: 23_000, to: 26_999, why: 'Daily media servers' },
  { id: 'turn-udp', protocol: 'udp', from: 3_478, to: 3_478, why: 'STUN and TURN' },
  { id: 'turn-tcp', protocol: 'tcp', from: 3_478, to: 3_478, why: 'TURN over TCP' },
  { id: 'turn-tls', protocol: 'tcp', from: 5_349, to: 5_349, why: 'TURN over TLS' },
];

export interface SecurityGroups {
  readonly loadBalancerId: string;
  readonly tasksId: string;
}

/** Allowed traffic: callers to the load balancer, it to the tasks, and the tasks to what a call needs. */
export function securityGroups(stack: AwsStack, vpcId: string): SecurityGroups {
  const { base } = stack.names;
  const { loadBalancer, domain } = stack.settings;
  const group = (id: string, description: string) =>
    new SecurityGroup(stack, `${id}-security-group`, {
      name: `${base}-${id}`,
      description,
      vpcId,
      tags: { Name: `${base}-${id}` },
    }).id;
  const loadBalancerId = group('load-balancer', 'Load balancer of the voice agent');
  const tasksId = group('tasks', 'Tasks of the voice agent');

  // With a domain, 80 only redirects to 443; without one it is the only port.
  const ports = domain === undefined ? [80] : [80, 443];
  for (const port of ports) {
    loadBalancer.allowedCidrs.forEach((range, index) => {
      new VpcSecurityGroupIngressRule(stack, `load-balancer-in-${port}-${index + 1}`, {
        securityGroupId: loadBalancerId,
        description: port === 443 ? 'HTTPS' : domain ? 'HTTP, redirected to HTTPS' : 'HTTP',
        cidrIpv4: range,
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
      });
    });
  }
  const between = { ipProtocol: 'tcp', fromPort: BOT_PORT, toPort: BOT_PORT };
  new VpcSecurityGroupEgressRule(stack, 'load-balancer-to-tasks', {
    ...between,
    securityGroupId: loadBalancerId,
    description: 'To the tasks',
    referencedSecurityGroupId: tasksId,
  });
  new VpcSecurityGroupIngressRule(stack, 'tasks-from-load-balancer', {
    ...between,
    securityGroupId: tasksId,
    description: 'From the load balancer',
    referencedSecurityGroupId: loadBalancerId,
  });
  if (isSmokedFromInside(stack.settings)) smokeFromInside(stack, { loadBalancerId, tasksId });
  if (stack.settings.transport === 'webrtc') mediaFromCallers(stack, tasksId);
  for (const way of waysOut(stack)) {
    new VpcSecurityGroupEgressRule(stack, `tasks-out-${way.id}`, {
      securityGroupId: tasksId,
      description: way.why,
      cidrIpv4: '0.0.0.0/0',
      ipProtocol: way.protocol,
      fromPort: way.from,
      toPort: way.to,
    });
  }
  return { loadBalancerId, tasksId };
}

/** Whether one of these ways leads to a TCP port. */
const leadsTo = (ways: readonly Way[], port: number): boolean =>
  ways.some((way) => way.protocol === 'tcp' && way.from <= port && port <= way.to);

/** All that a task may reach. */
function waysOut(stack: AwsStack): Way[] {
  const always = [HTTPS, ...mediaWays(stack.settings)];
  return [...always, ...waysOfSettings(stack, always)];
}

function mediaWays({ transport, webrtc }: Settings): readonly Way[] {
  if (transport === 'daily') return WAYS_TO_DAILY;
  const port = Number(webrtc.stunServer.split(':').at(-1));
  return [{ id: 'stun', protocol: 'udp', from: port, to: port, why: 'STUN: which address the task has outside' }];
}

/** Callers' media, straight to the task: answers to what came in may leave, so that nothing else has to be let out. */
function mediaFromCallers(stack: AwsStack, tasksId: string): void {
  stack.settings.loadBalancer.allowedCidrs.forEach((range, index) => {
    new VpcSecurityGroupIngressRule(stack, `tasks-media-in-${index + 1}`, {
      securityGroupId: tasksId,
      description: 'Media of callers',
      cidrIpv4: range,
      ipProtocol: 'udp',
      fromPort: MEDIA_PORT,
      toPort: MEDIA_PORT,
    });
  });
}

/** To the collector of traces, the webhook of call events, and the hosts of agents' tools, by ports that no other way out leads to already. */
function waysOfSettings({ settings, agents }: AwsStack, always: readonly Way[]): Way[] {
  const ways: Way[] = [];
  const add = (id: string, port: number, why: string): void => {
    if (!leadsTo([...always, ...ways], port)) ways.push({ id, protocol: 'tcp', from: port, to: port, why });
  };
  const { tracesEndpoint } = settings.bot;
  if (tracesEndpoint !== undefined) add('traces', portOf(new URL(tracesEndpoint)), 'Collector of traces');
  const { webhook } = settings.records.events;
  if (webhook !== undefined) add('call-events', portOf(new URL(webhook)), 'Webhook of call events');
  const hosts = new Set(agents.flatMap(({ needs }) => needs.hosts));
  const ports = new Set([...hosts].map((host) => Number(host.slice(host.lastIndexOf(':') + 1))));
  // A security group knows addresses, not names: the bot itself refuses any other host.
  for (const port of [...ports].sort((a, b) => a - b)) add(`tools-${port}`, port, `Tools of agents on port ${port}`);
  return ways;
}

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80);

/** The way of a smoke call: from a task to the load balancer, by the port that callers use. */
function smokeFromInside(stack: AwsStack, { loadBalancerId, tasksId }: SecurityGroups): void {
  const port = stack.settings.domain === undefined ? 80 : 443;
  const call = { ipProtocol: 'tcp', fromPort: port, toPort: port, description: 'Smoke call of a release' };
  new VpcSecurityGroupEgressRule(stack, 'tasks-to-load-balancer', {
    ...call,
    securityGroupId: tasksId,
    referencedSecurityGroupId: loadBalancerId,
  });
  new VpcSecurityGroupIngressRule(stack, 'load-balancer-from-tasks', {
    ...call,
    securityGroupId: loadBalancerId,
    referencedSecurityGroupId: tasksId,
  });
}
