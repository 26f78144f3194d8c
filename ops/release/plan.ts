import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Context } from '../cli/context';
import { keepReleased } from '../aws/images';
import { OpsError } from '../cli/ops-error';
import { EcsService } from '../service/ecs-service';
import { reviewMarkdown, summaryOf } from './review-markdown';
import { changesAnything, reviewOf, reviewSchema, type ShownPlan } from './review';
import type { ReleaseImage, StackWorkspace } from './stack-workspace';

const recordSchema = z.object({
  stack: z.string(),
  review: reviewSchema,
  changed: z.boolean(),
  /** Of the plan's file: what is applied is what was reviewed. */
  sha256: z.string(),
  /** What the service ran when the plan was made: where a rollback goes. */
  previousTaskDefinition: z.string().optional(),
  previousRelease: z.string().optional(),
  release: z.string().optional(),
  digest: z.string().optional(),
  /** Digest of the image in the state when the plan was made. */
  before: z.string().optional(),
});
/** What is kept of a plan beside it. */
export type PlanRecord = z.infer<typeof recordSchema>;

export interface PlanOptions {
  /** Default: what is deployed, so that a plan shows what else changes; before the first release the settings' own. */
  readonly image?: ReleaseImage;
  /** A role that only reads cannot take the lock. */
  readonly lock: boolean;
  readonly allowDataLoss: boolean;
  readonly destroy?: boolean;
}

const sha256Of = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/**
 * Makes a plan and a review of it.
 * @throws OpsError `refused` where data would be destroyed and nobody allowed it; the review is written all the same
 */
export async function makePlan(workspace: StackWorkspace, options: PlanOptions): Promise<PlanRecord> {
  const { context, stack } = workspace;
  await workspace.synthesise(options.image);
  await workspace.initialise();
  if (options.lock) await workspace.putStateBack();
  const outputs = await workspace.outputs();
  const image = options.image ?? (stack === 'service' ? deployedImage(outputs) : undefined);
  if (image !== options.image) await workspace.synthesise(image);

  await workspace.terraform([
    'plan',
    '-out=plan.tfplan',
    ...(options.lock ? ['-lock-timeout=5m'] : ['-lock=false']),
    ...(options.destroy === true ? ['-destroy'] : []),
  ]);
  const { stdout } = await workspace.terraform(['show', '-json', 'plan.tfplan']);
  const review = reviewOf(JSON.parse(stdout) as ShownPlan);
  const record: PlanRecord = {
    stack: workspace.name,
    review,
    changed: changesAnything(review),
    sha256: sha256Of(workspace.path('plan')),
    ...(stack === 'service' ? await runningNow(context, outputs) : {}),
    ...textOf('release', image?.tag),
    ...textOf('digest', image?.digest),
    ...textOf('before', deployedImage(outputs)?.digest),
  };
  hideSecretsOf(context);
  const clean = (text: string): string => context.redactor.clean(text);
  writeFileSync(workspace.path('review'), clean(`${JSON.stringify(record, null, 2)}\n`));
  writeFileSync(workspace.path('page'), clean(reviewMarkdown(workspace.name, review)));
  context.progress(`${workspace.name}: ${summaryOf(review)}`);
  if (review.dataLost.length > 0 && !options.allowDataLoss) {
    // Whoever finds the plan later must not be able to apply it.
    rmSync(workspace.path('plan'));
    throw new OpsError(
      'refused',
      `${workspace.name}: the plan destroys what holds data: ${review.dataLost.join(', ')}`,
      'If it is meant: label the pull request allow-data-loss, or set ALLOW_DATA_LOSS=true.',
    );
  }
  return record;
}

/**
 * Applies the plan that was made, and no other.
 * @param sha256 what the reviewer saw; default: what is recorded beside the plan
 * @throws OpsError `refused` when the plan is another one, or the state has moved on since it was made
 */
export async function applyPlan(workspace: StackWorkspace, sha256?: string): Promise<PlanRecord> {
  const record = readRecord(workspace);
  const wanted = sha256 ?? record.sha256;
  if (sha256Of(workspace.path('plan')) !== wanted || record.sha256 !== wanted) {
    throw new OpsError(
      'refused',
      `${workspace.name}: the plan is not the one that was reviewed`,
      `Plan again: ${workspace.noPlan().fix}`,
    );
  }
  if (!record.changed) {
    workspace.context.progress(`${workspace.name}: nothing to apply`);
    return record;
  }
  if (record.release !== undefined && record.digest !== undefined) {
    await keepReleased(workspace.context, record.release, record.digest);
  }
  await workspace.initialise();
  const ran = await workspace.tryTerraform(['apply', '-lock-timeout=5m', 'plan.tfplan']);
  const { status, output } = ran;
  if (status === 0) return record;
  const known = workspace.explain(ran);
  if (known !== undefined) throw known;
  if (output.includes('Saved plan is stale')) {
    if (await isApplied(workspace, record)) {
      workspace.context.progress(`${workspace.name}: this plan has been applied already`);
      return record;
    }
    throw new OpsError(
      'refused',
      `${workspace.name}: the state has changed since this plan was made, so it is not applied`,
      'Run the release again from its start: it plans anew.',
    );
  }
  throw new OpsError(
    'release_failed',
    `${workspace.name}: terraform apply failed with ${status}`,
    'What it did is in the state. Run the release again from its start: it goes on where this one stopped.',
  );
}

/**
 * Whether a plan that is stale is so because it was applied: the state then runs the image that it brings, which it did
 * not when the plan was made. So a workflow's job that stopped behind its apply can be run again.
 */
async function isApplied(workspace: StackWorkspace, { release, digest, before }: PlanRecord): Promise<boolean> {
  if (release === undefined || digest === undefined || before === digest) return false;
  const deployed = deployedImage(await workspace.outputs());
  return deployed?.tag === release && deployed.digest === digest;
}

/** @throws OpsError `not_found` where no plan was made */
export function readRecord(workspace: StackWorkspace): PlanRecord {
  try {
    return recordSchema.parse(JSON.parse(workspace.read('review')));
  } catch {
    throw workspace.noPlan();
  }
}

/** What really runs, which after a rollback is not what the state says: where this release goes back to if it fails. */
async function runningNow(
  context: Context,
  outputs: Readonly<Record<string, unknown>>,
): Promise<Record<string, string>> {
  const running = (await new EcsService(context.aws(), context.settings).describe())?.taskDefinition;
  const isReleased = running === outputs['task_definition_arn'];
  return {
    ...textOf('previousTaskDefinition', running),
    ...(isReleased ? textOf('previousRelease', outputs['release']) : {}),
  };
}

/** What was released last, by the state. */
function deployedImage(outputs: Readonly<Record<string, unknown>>): ReleaseImage | undefined {
  const { image, release } = outputs;
  if (typeof image !== 'string' || typeof release !== 'string') return undefined;
  const [, digest] = image.split('@');
  return { tag: release, digest };
}

const textOf = (name: string, value: unknown): Record<string, string> =>
  typeof value === 'string' ? { [name]: value } : {};

/** Whatever a value in a plan says, it must not be one of the secrets that this process knows. */
function hideSecretsOf({ io, redactor }: Context): void {
  for (const [name, value] of Object.entries(io.env)) {
    if (value !== undefined && /(KEY|SECRET|TOKEN|PASSWORD)$/.test(name)) redactor.hide(value);
  }
}
