import type { FakeCluster, FakeTask, ProtectionVerdict } from './cluster';

/** A request as the routes see it. */
export interface AgentRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface AgentAnswer {
  readonly status: number;
  readonly body: unknown;
}

const NOT_FOUND: AgentAnswer = { status: 404, body: '404 page not found' };
const FIELDS = ['ProtectionEnabled', 'ExpiresInMinutes'];

/**
 * The endpoints that ECS puts beside a container, as the agent has them: `/api/ID/task-protection/v1/state` and
 * `/v4/ID/task`. Answers and refusals have the agent's shapes and status codes (aws/amazon-ecs-agent, ecs-agent/tmds).
 */
export function answerAgent(cluster: FakeCluster, request: AgentRequest): AgentAnswer {
  const metadata = /^\/v4\/([^/]+)\/task$/.exec(request.path);
  if (metadata !== null) return request.method === 'GET' ? describe(cluster, metadata[1] ?? '') : NOT_FOUND;
  const protection = /^\/api\/([^/]+)\/task-protection\/v1\/state$/.exec(request.path);
  if (protection === null) return NOT_FOUND;
  const task = cluster.tasks.get(protection[1] ?? '');
  // The agent reads the body before it looks for the task.
  if (request.method === 'PUT') {
    const wish = readWish(request.body);
    if (wish === undefined) return refused(400, '', 'InvalidParameterException', 'failed to decode request');
    if (task === undefined) return unknownTask();
    if (wish.ProtectionEnabled === undefined) {
      const message = "Invalid request: does not contain 'ProtectionEnabled' field";
      return refused(400, task.arn, 'InvalidParameterException', message);
    }
    const minutes = wish.ProtectionEnabled ? (wish.ExpiresInMinutes ?? 120) : undefined;
    return told(cluster, task, cluster.protect(task, minutes));
  }
  if (request.method !== 'GET') return { status: 405, body: '' };
  return task === undefined ? unknownTask() : told(cluster, task, { kind: 'done' });
}

interface Wish {
  readonly ProtectionEnabled?: boolean;
  readonly ExpiresInMinutes?: number;
}

/** As Go's decoder with unknown fields forbidden: undefined for what it refuses. */
function readWish(text: string): Wish | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const { ProtectionEnabled, ExpiresInMinutes } = value as Record<string, unknown>;
    if (Object.keys(value).some((name) => !FIELDS.includes(name))) return undefined;
    if (ProtectionEnabled !== undefined && typeof ProtectionEnabled !== 'boolean') return undefined;
    if (ExpiresInMinutes !== undefined && !Number.isInteger(ExpiresInMinutes)) return undefined;
    return value;
  } catch {
    return undefined;
  }
}

function told(cluster: FakeCluster, task: FakeTask, verdict: ProtectionVerdict): AgentAnswer {
  if (verdict.kind === 'error') return refused(verdict.status, task.arn, verdict.code, verdict.message);
  if (verdict.kind === 'failure') {
    return { status: 200, body: { failure: { Arn: task.arn, Detail: null, Reason: verdict.reason } } };
  }
  const { protectedUntilMs } = task;
  const isProtected = cluster.isProtected(task);
  return {
    status: 200,
    body: {
      protection: {
        ExpirationDate: isProtected && protectedUntilMs !== undefined ? new Date(protectedUntilMs).toISOString() : null,
        ProtectionEnabled: isProtected,
        TaskArn: task.arn,
      },
    },
  };
}

function refused(status: number, arn: string, code: string, message: string): AgentAnswer {
  return { status, body: { error: { Arn: arn, Code: code, Message: message } } };
}

function unknownTask(): AgentAnswer {
  return refused(404, '', 'ResourceNotFoundException', 'Failed to find a task for the request');
}

function describe(cluster: FakeCluster, id: string): AgentAnswer {
  const task = cluster.tasks.get(id);
  if (task === undefined) return { status: 404, body: 'V4 task metadata handler: unable to get task' };
  return {
    status: 200,
    body: {
      Cluster: cluster.arn,
      TaskARN: task.arn,
      Family: cluster.service,
      Revision: String(task.revision),
      ...(task.deploymentId === undefined ? {} : { ServiceName: cluster.service }),
      DesiredStatus: task.status === 'STOPPED' ? 'STOPPED' : 'RUNNING',
      KnownStatus: task.status,
      LaunchType: 'FARGATE',
      AvailabilityZone: 'eu-north-1a',
      Containers: [],
    },
  };
}
