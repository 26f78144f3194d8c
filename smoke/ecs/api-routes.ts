import type { AgentAnswer } from './agent-routes';
import type { FakeCluster, FakeDeployment } from './cluster';

const TARGET = 'AmazonEC2ContainerServiceV20141113.';

/** The two operations of ECS's own API that a task uses, in AWS's JSON 1.1. A request must be signed for `ecs`. */
export function answerApi(
  cluster: FakeCluster,
  request: { target: string; authorization: string | undefined; body: string },
): AgentAnswer {
  if (!/^AWS4-HMAC-SHA256 Credential=[^,]+\/ecs\/aws4_request, /.test(request.authorization ?? '')) {
    return failed('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const input = JSON.parse(request.body) as Record<string, unknown>;
  if (input['cluster'] !== cluster.arn && input['cluster'] !== cluster.name) {
    return failed('ClusterNotFoundException', 'Cluster not found.');
  }
  switch (request.target.replace(TARGET, '')) {
    case 'DescribeServices':
      return services(cluster, input['services']);
    case 'DescribeTasks':
      return tasks(cluster, input['tasks']);
    default:
      return failed('UnknownOperationException', '');
  }
}

function services(cluster: FakeCluster, asked: unknown): AgentAnswer {
  const wanted = list(asked);
  if (wanted.length === 0 || wanted.length > 10)
    return failed('InvalidParameterException', 'Services cannot be empty.');
  const known = wanted.filter((name) => name === cluster.service || name === cluster.serviceArn);
  const failures = wanted.filter((name) => !known.includes(name)).map((arn) => ({ arn, reason: 'MISSING' }));
  const service = { serviceName: cluster.service, serviceArn: cluster.serviceArn, status: 'ACTIVE' };
  const deployments = [...cluster.deployments]
    .reverse()
    .filter((one) => one === cluster.primary || cluster.running(one) > 0)
    .map((one) => describe(cluster, one));
  return { status: 200, body: { services: known.length === 0 ? [] : [{ ...service, deployments }], failures } };
}

function describe(cluster: FakeCluster, deployment: FakeDeployment): unknown {
  return {
    id: deployment.id,
    status: deployment === cluster.primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: `${cluster.service}:${deployment.revision}`,
    runningCount: cluster.running(deployment),
  };
}

function tasks(cluster: FakeCluster, asked: unknown): AgentAnswer {
  const wanted = list(asked);
  if (wanted.length === 0 || wanted.length > 100) return failed('InvalidParameterException', 'Tasks cannot be empty.');
  const all = [...cluster.tasks.values()];
  const known = all.filter(({ arn, id }) => wanted.includes(arn) || wanted.includes(id));
  return {
    status: 200,
    body: {
      tasks: known.map(({ arn, deploymentId, status }) => ({
        taskArn: arn,
        clusterArn: cluster.arn,
        lastStatus: status,
        ...(deploymentId === undefined ? {} : { startedBy: deploymentId, group: `service:${cluster.service}` }),
      })),
      failures: wanted
        .filter((name) => !known.some(({ arn, id }) => arn === name || id === name))
        .map((arn) => ({ arn, reason: 'MISSING' })),
    },
  };
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function failed(type: string, message: string, status = 400): AgentAnswer {
  return { status, body: { __type: type, message } };
}
