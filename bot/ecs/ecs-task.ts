import type { Telemetry } from '../telemetry';
import type { Clock } from '../time';
import { EcsAgent } from './agent';
import { EcsDeployments } from './ecs-deployments';
import { DeploymentWatch } from './deployment-watch';
import { TaskProtection } from './task-protection';

/** Where the agent of this task is, by the variables that ECS sets in every container. */
export interface EcsEndpoints {
  readonly agentUri: string;
  readonly metadataUri: string;
  readonly checkEveryMs: number;
  /** Whether new calls belong to a newer deployment as soon as it has a task running. */
  readonly standsDown: boolean;
}

export interface EcsTaskOptions {
  readonly endpoints: EcsEndpoints;
  readonly region: string;
  readonly maxCallMs: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** This process as a task of ECS: protected while it has calls, and aware of a newer deployment. */
export interface EcsTask {
  readonly protection: TaskProtection;
  readonly outdated: boolean;
  /** Idempotent, bounded, never rejects. */
  close(): Promise<void>;
}

/** Finds out in the background which task this is; what fails is logged, and never fatal. */
export function joinEcs(options: EcsTaskOptions): EcsTask {
  const { clock, telemetry, maxCallMs } = options;
  const { logger } = telemetry;
  const agent = new EcsAgent(options.endpoints);
  const protection = new TaskProtection({ agent, clock, telemetry, maxCallMs });
  telemetry.watch('taskProtected', () => Number(protection.isProtected));
  let closed = false;
  let watch: DeploymentWatch | undefined;
  let closeSource: () => void = () => undefined;
  const begun = begin().catch((error: unknown) => logger.warn({ err: error }, 'deployments are not watched'));
  return {
    protection,
    get outdated() {
      return watch?.outdated ?? false;
    },
    close: async () => {
      closed = true;
      watch?.stop();
      await Promise.all([protection.close(), begun]);
      closeSource();
    },
  };

  async function begin(): Promise<void> {
    // The load balancer then decides, share by share, which deployment gets a call.
    if (!options.endpoints.standsDown) return;
    const task = await agent.identify();
    if (task?.service === undefined) {
      logger.warn(
        { known: task !== undefined },
        'the ECS agent names no service of this task: deployments are not watched',
      );
      return;
    }
    const source = await EcsDeployments.open({ region: options.region, task });
    closeSource = () => source.close();
    const { checkEveryMs } = options.endpoints;
    watch = new DeploymentWatch({ source, clock, telemetry, activeCalls: () => protection.heldCalls, checkEveryMs });
    if (!closed) watch.start();
  }
}
