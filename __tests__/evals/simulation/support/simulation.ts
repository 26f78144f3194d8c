import type { Simulation } from '../../../../evals/scenario';

/** A caller who wants a time. */
export const simulation = (more: Partial<Simulation> = {}): Simulation => ({
  kind: 'simulation',
  id: 'a/b',
  name: 'b',
  file: 'a.yaml',
  persona: 'Ada.',
  goal: 'A time.',
  success: 'A time was named.',
  ...more,
});
