import type { FakeSession } from '../../fakes/bedrock';
import type { Cleanup } from './cleanup';
import type { Narrator } from './narrator';

/** What a call of the demo happens in. */
export interface Surroundings {
  readonly narrator: Narrator;
  readonly cleanup: Cleanup;
  /** The model's side of the call; undefined where the model is Amazon's. */
  readonly session: () => Promise<FakeSession | undefined>;
}
