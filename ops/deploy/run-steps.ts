import { Interrupted, OpsError, stopIfAsked } from '../cli/ops-error';
import type { StepEvent, Tell } from './events';
import type { Step } from './step';

export interface RunStepsOptions {
  /** Look only. */
  readonly planOnly: boolean;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** The command that goes on. */
  readonly again: string;
}

/**
 * Takes the steps in order: looks at each, and does what is needed. Stopped anywhere and run again it finds what is done
 * done, and goes on with the rest.
 * @returns whether anything was changed
 * @throws OpsError that says at which step it stopped, what is done, and how to go on; Interrupted
 */
export async function runSteps(steps: readonly Step[], options: RunStepsOptions): Promise<boolean> {
  const { planOnly, signal, tell } = options;
  const done: string[] = [];
  const open = new Set<string>();
  let changed = false;
  for (const [index, step] of steps.entries()) {
    const say = (event: Omit<Extract<StepEvent, { status: 'done' }>, 'event' | 'step'> | { status: 'started' }): void =>
      tell({ event: 'step', step: step.id, ...event });
    const plan = (text: string, hasOlder = false): void => {
      if (!hasOlder) open.add(step.id);
      tell({ event: 'step', step: step.id, status: 'planned', text });
    };
    try {
      stopIfAsked(signal, 'Nothing of it was begun.');
      say({ status: 'started' });
      if (step.after.some((id) => open.has(id))) {
        plan(step.expects);
        continue;
      }
      const looked = await step.look();
      if (looked.is === 'needed' && planOnly) {
        plan(looked.text, looked.hasOlder);
        continue;
      }
      const did = looked.is === 'needed' ? await step.act() : { changed: false, text: looked.text };
      changed ||= did.changed;
      say({ status: 'done', ...did });
      done.push(step.id);
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      const { code, message } = error;
      const status = code === 'interrupted' ? 'interrupted' : 'failed';
      tell({ event: 'step', step: step.id, status, code, text: message });
      throw retold(error, { place: `step ${index + 1} of ${steps.length}, ${step.id}`, done, again: options.again });
    }
  }
  return changed;
}

interface Stopped {
  readonly place: string;
  readonly done: readonly string[];
  readonly again: string;
}

/** The error, with where it came up and how to go on. */
function retold(error: OpsError, { place, done, again }: Stopped): OpsError {
  const before = done.length === 0 ? 'No step before it is done.' : `Done before it: ${done.join(', ')}.`;
  const message = `${sentence(error.message)} Stopped at ${place}. ${before}`;
  if (error.code === 'interrupted') return new Interrupted(message, `Go on: ${again}`);
  return new OpsError(error.code, message, `${wayOn(error.fix)}${again}`, error.cause);
}

/** What to do first, up to the command to type then. */
function wayOn(fix: string): string {
  if (fix === '') return 'Go on: ';
  return /(this|the same) command( again)?\.$/.test(fix) ? `${fix.slice(0, -1)}: ` : `${sentence(fix)}\nThen go on: `;
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
