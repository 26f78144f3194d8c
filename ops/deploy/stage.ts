import { Context } from '../cli/context';
import type { Finding } from '../cli/report';
import { Terminal } from '../cli/terminal';
import { type DeployEvent, lineOf, type Tell } from './events';

/** How a guided command talks: events for scripts, lines for people, questions where there is somebody to ask. */
export interface Stage {
  /** Undefined where nobody is asked: with `--yes` or `--plan-only`. */
  readonly terminal: Terminal | undefined;
  readonly tell: Tell;
  /** What the steps have come to, for the page at the end. */
  readonly findings: readonly Finding[];
  /** A context of its own for the steps: what they print belongs to the step that is at work. */
  readonly context: Context;
}

/** @param steps the names of the steps, in order */
export function setStage(outer: Context, steps: readonly string[], asks: boolean): Stage {
  const { io, flags, redactor, show, event: emit } = outer;
  const findings: Finding[] = [];
  let current = steps[0] ?? '';
  const tell: Tell = (event) => {
    if (event.event === 'step') {
      current = event.step;
      findings.push(...findingOf(event));
    }
    emit(event);
    const line = lineOf(event, `${steps.indexOf(current) + 1}/${steps.length}`);
    if (line !== undefined) outer.progress(line);
  };
  const progress = (text: string): void => {
    if (text.trim() !== '') tell({ event: 'progress', step: current, text });
  };
  const terminal =
    asks && io.stdin !== undefined
      ? new Terminal(io.stdin(), io.stderr, io.signal, () => process.kill(process.pid, 'SIGINT'))
      : undefined;
  return { terminal, tell, findings, context: new Context(io, flags, redactor, progress, show, emit) };
}

function findingOf(event: Extract<DeployEvent, { event: 'step' }>): Finding[] {
  const { step: subject } = event;
  if (event.status === 'planned') return [{ status: 'planned', subject, text: event.text }];
  if (event.status !== 'done') return [];
  return [{ status: event.changed ? 'changed' : 'ok', subject, text: event.text }];
}
