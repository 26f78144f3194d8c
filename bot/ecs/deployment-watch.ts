import type { Telemetry } from '../telemetry';
import type { Clock, Timer } from '../time';

/** A deployment of the service, as far as it matters here. */
export interface Deployment {
  readonly id: string;
  /** The one that the service is on its way to. */
  readonly isPrimary: boolean;
  readonly runningTasks: number;
}

/** What ECS is asked. Both reject with whatever the SDK throws. */
export interface DeploymentSource {
  /** The deployment that started this task, such as `ecs-svc/1234567890123456789`. */
  ownDeployment(): Promise<string | undefined>;
  deployments(): Promise<readonly Deployment[]>;
}

interface DeploymentWatchOptions {
  readonly source: DeploymentSource;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly activeCalls: () => number;
  readonly checkEveryMs: number;
}

/**
 * Whether this task's service has a newer deployment that has a task running: then new calls belong there, and this
 * task is to drain. That can be reversed: ECS makes the old deployment the primary one again when it rolls a release back.
 * The task's own metadata names its revision only, which a deployment that is forced (a changed secret) shares with the
 * one before it; so ECS is asked once which deployment started this task, and regularly which one is the primary.
 */
export class DeploymentWatch {
  readonly #options: DeploymentWatchOptions;
  #own: string | undefined;
  #outdated = false;
  #timer: Timer | undefined;
  #asking: Promise<void> | undefined;
  #saidUnknown = false;
  #closed = false;

  constructor(options: DeploymentWatchOptions) {
    this.#options = options;
  }

  /** Stays as it was while ECS cannot be asked. */
  get outdated(): boolean {
    return this.#outdated;
  }

  /** Begins to ask; idempotent. */
  start(): void {
    if (this.#timer === undefined && !this.#closed) this.#schedule(0);
  }

  /** Asks now. Never rejects. */
  check(): Promise<void> {
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)));
  }

  /** Idempotent. */
  stop(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => {
      void this.check().then(() => {
        if (!this.#closed) this.#schedule(this.#options.checkEveryMs);
      });
    });
  }

  async #ask(): Promise<void> {
    try {
      this.#own ??= await this.#options.source.ownDeployment();
      if (this.#own === undefined) return;
      this.#judge(this.#own, await this.#options.source.deployments());
      this.#saidUnknown = false;
    } catch (error) {
      // Logged once, until ECS answers again.
      if (!this.#saidUnknown)
        this.#options.telemetry.logger.warn({ err: error }, 'ECS does not say which deployment is the newest');
      this.#saidUnknown = true;
    }
  }

  #judge(own: string, deployments: readonly Deployment[]): void {
    const primary = deployments.find(({ isPrimary }) => isPrimary);
    if (primary === undefined) return;
    const outdated = primary.id !== own && primary.runningTasks > 0;
    if (outdated === this.#outdated) return;
    this.#outdated = outdated;
    this.#options.telemetry.record('deploymentChanged', { outdated, activeCalls: this.#options.activeCalls() });
  }
}
