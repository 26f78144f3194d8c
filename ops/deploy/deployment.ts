import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { summaryOf } from '../release/review-markdown';
import type { Review } from '../release/review';
import type { ReleaseImage } from '../release/stack-workspace';
import type { Version } from '../release/version';
import type { Builder } from './builders';
import type { Draft, GivenImage } from './draft';
import type { Tell } from './events';

/** Asked before a plan is applied. @param page the plan, for people */
export type Approve = (question: string, page: string) => Promise<boolean>;

/** What the steps of a deployment go by. */
export interface Deployment {
  /** Its settings are read when the settings' file is complete. */
  readonly context: Context;
  readonly file: string;
  readonly draft: Draft;
  /** Of the commit that is checked out. @throws OpsError where there is none */
  readonly version: () => Version;
  /** By `--image`. */
  readonly image: GivenImage | undefined;
  readonly builder: Builder | undefined;
  /** Values of secrets that were asked for. */
  readonly typed: ReadonlyMap<string, string>;
  readonly planOnly: boolean;
  readonly approve: Approve;
  readonly tell: Tell;
}

/** What a step leaves for those after it. */
export interface Handover {
  /** What the service is to run. */
  image: ReleaseImage | undefined;
  /** What `/health` of it says; undefined where its name does not tell. */
  health: string | RegExp | undefined;
  /** Whether this run has changed the service, and so has something to take back. */
  serviceChanged: boolean;
  url: string | undefined;
}

/** Shows a plan and asks whether it is to be applied. @throws OpsError `refused` */
export async function approved(
  { approve, tell }: Pick<Deployment, 'approve' | 'tell'>,
  step: string,
  { stack, page, review }: { readonly stack: string; readonly page: string; readonly review: Review },
): Promise<void> {
  tell({ event: 'plan', step, stack, ...countsOf(review) });
  if (await approve(`Apply this plan of ${stack} (${summaryOf(review)})?`, asPlainText(page))) return;
  throw new OpsError('refused', `the plan of ${stack} was not approved; nothing of it is applied`);
}

/** A plan's page without what only a web page folds away. */
export const asPlainText = (page: string): string =>
  page.replaceAll(/<\/?details>|<summary>.*?<\/summary>|^```.*$/gm, '').replaceAll(/\n{3,}/g, '\n\n');

/** A plan's changes by what they are, as its event says them. */
export function countsOf({ changes }: Review) {
  const count = (wanted: string): number => changes.filter(({ action }) => action === wanted).length;
  return { add: count('create'), change: count('update'), replace: count('replace'), destroy: count('delete') };
}
