import { z } from 'zod';

/*
 * What a plan would do, from `terraform show -json`, for people and scripts. It never contains values that terraform
 * marks as sensitive, nor the contents of JSON documents except the name of the image.
 */

/** Types that hold data which cannot be recreated. Destroying one needs explicit permission. */
const DATA_TYPES: readonly string[] = [
  'aws_s3_bucket',
  'aws_kms_key',
  'aws_secretsmanager_secret',
  'aws_ecr_repository',
  'aws_cloudwatch_log_group',
];

/** The parts of `terraform show -json` that are read. */
export interface ShownPlan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: unknown;
      readonly after: unknown;
      readonly after_unknown?: unknown;
      readonly before_sensitive?: unknown;
      readonly after_sensitive?: unknown;
    };
  }[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

const changeSchema = z.object({
  address: z.string(),
  type: z.string(),
  action: z.enum(['create', 'update', 'replace', 'delete']),
  /** `name: before → after` of an update, or the name alone where a value is long, unknown, sensitive or a document. */
  attributes: z.array(z.string()),
});
type Change = z.infer<typeof changeSchema>;
export type Action = Change['action'];

export const reviewSchema = z.object({
  changes: z.array(changeSchema),
  /** Outputs that change with no resource: an apply would still write the state. */
  outputs: z.array(z.string()),
  /** Addresses of what holds data and would be destroyed. */
  dataLost: z.array(z.string()),
});
export type Review = z.infer<typeof reviewSchema>;

/** Whether applying would do anything at all. */
export const changesAnything = ({ changes, outputs }: Review): boolean => changes.length > 0 || outputs.length > 0;

export function reviewOf(plan: ShownPlan): Review {
  const changes = (plan.resource_changes ?? []).flatMap((one): Change[] => {
    const action = actionOf(one.change.actions);
    if (action === undefined) return [];
    const attributes = action === 'update' || action === 'replace' ? attributesOf(one.change) : [];
    return [{ address: one.address, type: one.type, action, attributes }];
  });
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, { actions }]) => actions.some((action) => action !== 'no-op' && action !== 'read'))
    .map(([name]) => name);
  const dataLost = changes
    .filter(({ action, type }) => (action === 'delete' || action === 'replace') && DATA_TYPES.includes(type))
    .map(({ address }) => address);
  return { changes, outputs: outputs.sort(), dataLost };
}

function actionOf(actions: readonly string[]): Action | undefined {
  if (actions.includes('create') && actions.includes('delete')) return 'replace';
  return (['create', 'update', 'delete'] as const).find((action) => actions.includes(action));
}

type ShownChange = NonNullable<ShownPlan['resource_changes']>[number]['change'];

function attributesOf({ before, after, after_unknown: unknown, ...sensitive }: ShownChange): string[] {
  const [was, willBe] = [asObject(before), asObject(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(willBe), ...Object.keys(asObject(unknown))])].sort();
  return names.flatMap((name) => {
    const isUnknown = isMarked(asObject(unknown)[name]);
    if (!isUnknown && JSON.stringify(was[name]) === JSON.stringify(willBe[name])) return [];
    const isSensitive =
      isMarked(sensitive.before_sensitive, name) || isMarked(sensitive.after_sensitive, name) || isSecretive(name);
    if (isSensitive) return [`${name} (not shown)`];
    if (name === 'container_definitions') return [`${name}${imageChange(was[name], willBe[name])}`];
    if (isUnknown) return [`${name}: known after apply`];
    const [shownBefore, shownAfter] = [shown(was[name]), shown(willBe[name])];
    return shownBefore === undefined || shownAfter === undefined ? [name] : [`${name}: ${shownBefore} → ${shownAfter}`];
  });
}

/** A short plain value; what is longer, nested or a document of its own is named without it. */
function shown(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value.length > 100 || /^\s*[[{]|\n/.test(value)) return undefined;
  return JSON.stringify(value);
}

const isSecretive = (name: string): boolean => /secret_string|password|token|private|credential/i.test(name);

function imageChange(before: unknown, after: unknown): string {
  const [was, willBe] = [imageIn(before), imageIn(after)];
  return was === willBe ? '' : `: image ${was} → ${willBe}`;
}

function imageIn(definitions: unknown): string {
  if (typeof definitions !== 'string') return 'unknown';
  const [container] = JSON.parse(definitions) as { image?: string }[];
  return container?.image ?? 'unknown';
}

function isMarked(marks: unknown, name?: string): boolean {
  if (marks === true) return true;
  if (name !== undefined) return isMarked(asObject(marks)[name]);
  return typeof marks === 'object' && marks !== null && Object.values(marks).some((inner) => isMarked(inner));
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
