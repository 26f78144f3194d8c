import type { Failure, Recorded } from '../../../../evals/report';
import type { Scenario, Script } from '../../../../evals/scenario';
import type { Evidence } from '../evidence';
import type { SeededFault } from '../seeded-faults';

/** Who plays the model's part in the calls of one bot, one call after the other. */
export interface ModelSide {
  /** A script, a recording, or the model of an account: that costs, and tools that a scenario mocks offline only run for it. */
  readonly kind: 'scripted' | 'recorded' | 'real';
  /** Variables that lead the bot to it. */
  readonly variables: Readonly<Record<string, string>>;
  /** @throws Error where there is no part for this call */
  begin(agent: string, scenario: Scenario, fault?: SeededFault): ModelPart;
  /** Idempotent. */
  close(): Promise<void>;
}

/** The model's part of one call. */
export interface ModelPart {
  /** The turn is sent, or watched, next. */
  turn(index: number): void;
  /** The sentences that it has spoken, or is about to; undefined where nobody knows. */
  readonly said?: readonly string[];
  /** Whose voice it speaks with, where that is known. */
  readonly voiceId?: string | undefined;
  /** What the model was told in the call, which is over. */
  told(callId: string): Promise<Evidence['sessions']>;
  /** By the id of a tool use: what the tool answered when the part was recorded. */
  readonly toolResults?: ReadonlyMap<string, unknown>;
  /** Where the part was recorded. */
  readonly recorded?: Recorded | undefined;
  /** Why the part no longer fits what the bot does; empty: it does. */
  readonly stale: readonly Failure[];
  /** Called once it no longer fits: the rest of the call proves nothing. */
  onStale?: () => void;
  end(): void;
}

/** The script of a scenario. @throws Error for a persona, who speaks with a real model only */
export function scriptOf(scenario: Scenario): Script {
  if (scenario.kind !== 'script') throw new Error(`${scenario.id} has a persona, who speaks with a real model only`);
  return scenario;
}
