import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { CONTAINER } from '../../../stacks/names';

const ROOT = path.join(__dirname, '../../..');

/** What a release asks of RunTask; anything else is refused. */
const runSchema = z.strictObject({
  cluster: z.string(),
  taskDefinition: z.string(),
  launchType: z.literal('FARGATE'),
  startedBy: z.string().max(128),
  clientToken: z.string().max(64).optional(),
  networkConfiguration: z.strictObject({
    awsvpcConfiguration: z.looseObject({ subnets: z.array(z.string()).min(1), securityGroups: z.array(z.string()) }),
  }),
  overrides: z.strictObject({
    containerOverrides: z
      .array(z.strictObject({ name: z.literal(CONTAINER), command: z.array(z.string()).min(1) }))
      .length(1),
  }),
});

/** Single tasks of ECS: each runs what its command says of the built image, as a process. */
export class SmokeTasks {
  /** Whether ECS finds a place for another. */
  hasCapacity = true;
  readonly #tasks = new Map<string, { readonly child: ChildProcess; exitCode?: number }>();

  /** @param environmentOf the container's environment by its task definition */
  constructor(private readonly environmentOf: (taskDefinition: string) => Readonly<Record<string, string>>) {}

  get count(): number {
    return this.#tasks.size;
  }

  /** For `ecs:RunTask`. @throws ZodError for what the task definition or ECS does not know */
  run(request: unknown): unknown {
    const { taskDefinition, overrides } = runSchema.parse(request);
    if (!this.hasCapacity) return { tasks: [], failures: [{ reason: 'Capacity is unavailable at this time' }] };
    const env = { PATH: process.env['PATH'], ...this.environmentOf(taskDefinition) };
    const { command = [] } = overrides.containerOverrides[0] ?? {};
    const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: 'ignore' });
    const taskArn = `arn:task/${this.#tasks.size + 1}`;
    const task: { child: ChildProcess; exitCode?: number } = { child };
    child.once('exit', (code) => (task.exitCode = code ?? 137));
    this.#tasks.set(taskArn, task);
    return { tasks: [{ taskArn, lastStatus: 'PROVISIONING' }], failures: [] };
  }

  /** For `ecs:DescribeTasks`. */
  describe(request: unknown): unknown {
    const { tasks: arns = [] } = request as { tasks?: string[] };
    return {
      tasks: arns.flatMap((taskArn) => {
        const task = this.#tasks.get(taskArn);
        if (task === undefined) return [];
        const { exitCode } = task;
        const containers = [{ name: CONTAINER, ...(exitCode === undefined ? {} : { exitCode }) }];
        return [{ taskArn, lastStatus: exitCode === undefined ? 'RUNNING' : 'STOPPED', containers }];
      }),
      failures: [],
    };
  }

  /** For `ecs:StopTask`. */
  stop(request: unknown): unknown {
    const { task = '' } = request as { task?: string };
    this.#tasks.get(task)?.child.kill('SIGTERM');
    return { task: { taskArn: task } };
  }

  /** Idempotent. */
  close(): void {
    for (const { child, exitCode } of this.#tasks.values()) if (exitCode === undefined) child.kill('SIGKILL');
  }
}
