import type { Finding } from '../cli/report';
import type { Offer } from './offer';

/** What happens while environments are made or taken away: with `--json` a line each, docs/deploy.md lists them. */
export type DeployEvent =
  | {
      readonly event: 'survey';
      readonly environment: string;
      readonly region: string;
      readonly accountId: string;
      readonly findings: readonly Finding[];
    }
  | ({ readonly event: 'offer' } & Offer)
  | StepEvent
  | { readonly event: 'progress'; readonly step: string; readonly text: string }
  | {
      readonly event: 'plan';
      readonly step: string;
      readonly stack: string;
      readonly add: number;
      readonly change: number;
      readonly replace: number;
      readonly destroy: number;
    };

export type StepEvent = { readonly event: 'step'; readonly step: string } & (
  | { readonly status: 'started' }
  /** `changed`: whether anything had to be done. */
  | { readonly status: 'done'; readonly changed: boolean; readonly text: string }
  /** What would be done, were it not for `--plan-only`. */
  | { readonly status: 'planned'; readonly text: string }
  | { readonly status: 'failed' | 'interrupted'; readonly code: string; readonly text: string }
);

/** Told of everything that happens. */
export type Tell = (event: DeployEvent) => void;

/**
 * An event as a line for people; undefined for those that are shown in another way.
 * @param place where the step stands, such as `3/7`
 */
export function lineOf(event: DeployEvent, place: string): string | undefined {
  if (event.event === 'progress') return `      ${event.text}`;
  return event.event === 'step' ? `${place}  ${event.step.padEnd(11)}${stepText(event)}` : undefined;
}

function stepText(event: StepEvent): string {
  switch (event.status) {
    case 'started':
      return '…';
    case 'done':
      return `${event.changed ? 'done: ' : 'ok: '}${event.text}`;
    case 'planned':
      return `would: ${event.text}`;
    case 'failed':
    case 'interrupted':
      return `${event.status}: ${event.text}`;
  }
}
