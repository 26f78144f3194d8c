import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';

/** The state of a service's newest deployment. */
export interface Rollout {
  readonly id: string;
  readonly state: 'in-progress' | 'completed' | 'failed' | 'unknown';
  readonly reason: string;
  readonly running: number;
  readonly desired: number;
  readonly failedTasks: number;
  /** Its tasks all run and can be called, whatever else goes on: old tasks finish their calls, traffic is moved. */
  readonly isServing: boolean;
  /** Where ECS is that moves traffic, in its own word. */
  readonly stage: string | undefined;
  /** Of one that is taken back: whether the tasks of before have all the traffic again, or ECS could not do it. */
  readonly way: 'back' | 'lost' | undefined;
  /** New callers meet this deployment only, and nothing is left to be watched. */
  readonly isThrough: boolean;
}

/** The deployment that the service is on its way to, or has come to. */
export const primaryOf = ({ deployments = [] }: Pick<Service, 'deployments'>) =>
  deployments.find(({ status }) => status === 'PRIMARY');

/** The newest deployment of a service whose tasks are replaced one after the other. */
export function rolloutOf(service: Service): Rollout {
  const newest = primaryOf(service);
  const states = { COMPLETED: 'completed', FAILED: 'failed', IN_PROGRESS: 'in-progress' } as const;
  const state = newest?.rolloutState === undefined ? 'unknown' : states[newest.rolloutState];
  const [running, desired] = [newest?.runningCount ?? 0, newest?.desiredCount ?? 0];
  return {
    id: newest?.id ?? '',
    state,
    reason: newest?.rolloutStateReason ?? '',
    running,
    desired,
    failedTasks: newest?.failedTasks ?? 0,
    isServing: state === 'in-progress' && desired > 0 && running >= desired,
    stage: undefined,
    way: undefined,
    isThrough: true,
  };
}

/** Stages of a service deployment in which its tasks get the smoke call, and a share of the callers or all of them. */
const CALLED = [
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
];
/** What is left is that old tasks finish their calls, for which nobody waits. */
const THROUGH = 'CLEAN_UP';

/** A deployment whose traffic ECS moves share by share (ECS API reference, ServiceDeployment). */
export function rolloutOfMove(deployment: ServiceDeployment): Rollout {
  const { serviceDeploymentArn = '', status, statusReason, lifecycleStage, targetServiceRevision: target } = deployment;
  const stage: string | undefined = lifecycleStage;
  const isUnderWay = status === 'IN_PROGRESS' || status === 'PENDING';
  const isThrough = status === 'SUCCESSFUL' || (isUnderWay && stage === THROUGH);
  return {
    id: serviceDeploymentArn,
    state: isThrough ? 'completed' : isUnderWay ? 'in-progress' : status === undefined ? 'unknown' : 'failed',
    reason: statusReason ?? deployment.rollback?.reason ?? status ?? '',
    running: target?.runningTaskCount ?? 0,
    desired: target?.requestedTaskCount ?? 0,
    failedTasks: deployment.deploymentCircuitBreaker?.failureCount ?? 0,
    isServing: isUnderWay && stage !== undefined && CALLED.includes(stage),
    stage,
    way:
      status === 'ROLLBACK_SUCCESSFUL'
        ? 'back'
        : status === 'ROLLBACK_FAILED' || status === 'STOPPED'
          ? 'lost'
          : undefined,
    isThrough,
  };
}
