/* All prose that the page shows about the call's state. */
import type { Problem } from './problems';
import type { ToolAnswer, ToolCall } from './transcript';
import { medianMs, type Ending, type State } from './state';

/** What is wrong, and what the caller can do about it. */
export interface Advice {
  readonly title: string;
  readonly text: string;
  /** The server's own words, in small print. */
  readonly detail?: string | undefined;
}

/** The state of the call in a few words. */
export function statusWords(state: State): string {
  const { phase } = state;
  switch (phase.kind) {
    case 'idle':
      return 'Ready';
    case 'starting':
      return { microphone: 'Waiting for your microphone…', agent: 'Calling…', media: 'Connecting…' }[phase.step];
    case 'waiting':
      return 'Waiting for a line…';
    case 'live':
      if (phase.network === 'broken') return 'Reconnecting…';
      if (state.notice !== undefined) return state.notice;
      if (phase.activity === 'listening' && state.muted) return 'You are muted';
      return {
        greeting: 'Connected',
        listening: 'Listening',
        hearing: 'Hearing you',
        thinking: 'Thinking…',
        'looking-up': 'Looking something up…',
        speaking: 'Speaking',
      }[phase.activity];
    case 'hanging-up':
      return 'Hanging up…';
    case 'ended':
      return 'Call ended';
    case 'failed':
      return 'Not connected';
  }
}

const ENDINGS: Readonly<Record<string, string>> = {
  'agent-ended': 'The agent has said goodbye.',
  transferred: 'You were connected with somebody else.',
  'caller-absent': 'The agent had not heard from you for a while.',
  'too-long': 'The call had reached its longest time.',
  'budget-spent': 'The call had used up its budget.',
  'client-request': 'The agent ended the call.',
  operator: 'An operator ended the call.',
  drained: 'The service is being updated. You can call again right away.',
  'model-failed': 'The agent lost its connection and could not go on.',
  'transport-failed': 'The connection to the agent broke.',
  internal: 'Something went wrong on our side.',
};

/** Why the call is over. */
export function endingWords(ending: Ending): Advice {
  switch (ending.kind) {
    case 'hung-up':
      return { title: 'Call ended', text: 'Thank you for calling.' };
    case 'lost':
      return {
        title: 'The connection was lost',
        text: 'Your network may have changed or gone. Check that you are online, then call again.',
      };
    case 'by-agent': {
      const known = ending.reason === undefined ? undefined : ENDINGS[ending.reason];
      return { title: 'The agent has left', text: ending.text ?? known ?? 'The agent ended the call.' };
    }
  }
}

const PROBLEMS: Readonly<Record<Problem['kind'], Advice>> = {
  'no-webrtc': {
    title: 'This browser cannot make calls',
    text: 'It lacks what calls are made of, or that is switched off in its settings or by an add-on. Open this page in another browser.',
  },
  'microphone-denied': {
    title: 'The microphone is blocked',
    text: 'Allow the microphone for this page in your browser’s address bar, then call again. Or join without it and type.',
  },
  'microphone-missing': {
    title: 'No microphone found',
    text: 'Plug one in or switch it on, then call again. Or join without it and type.',
  },
  'microphone-busy': {
    title: 'The microphone is in use',
    text: 'Another program is holding it. Close that program, then call again. Or join without it and type.',
  },
  'microphone-failed': {
    title: 'The microphone did not start',
    text: 'Your browser could not open it. Try another microphone or browser. Or join without it and type.',
  },
  'insecure-page': {
    title: 'This page is not secure',
    text: 'Browsers give the microphone to https pages only. Open this page over https. Or join without it and type.',
  },
  'key-needed': { title: 'A key is needed', text: 'This agent answers only callers who have its key.' },
  'key-unsendable': {
    title: 'That cannot be a key',
    text: 'Keys are made of unaccented Latin letters, digits and signs, without spaces. Copy it again from where you got it.',
  },
  busy: {
    title: 'All lines are busy',
    text: 'The agent cannot take another call at the moment. Try again in a little while.',
  },
  'too-many-tries': { title: 'Too many calls', text: 'You have called very often. Wait a minute, then try again.' },
  'used-up': { title: 'No more calls today', text: 'All calls that can be had today have been made.' },
  offline: {
    title: 'You are offline',
    text: 'Your device has no network. Connect it, then try again.',
  },
  unreachable: {
    title: 'The agent cannot be reached',
    text: 'You seem to be online, so the service may be down. Try again in a little while.',
  },
  'media-blocked': {
    title: 'No sound could get through',
    text: 'The agent answered, but your network seems to block calls. Try another network, or switch a VPN off.',
  },
  refused: { title: 'The call was not accepted', text: 'The agent refused this call.' },
  'agent-failed': {
    title: 'The agent could not take the call',
    text: 'Something went wrong on our side. Try again in a little while.',
  },
};

/** Why the call could not begin, and what to do. */
export function problemWords(problem: Problem): Advice {
  if (problem.kind === 'key-needed' && problem.tried) {
    return { title: 'That key was not accepted', text: 'Check it for typing mistakes and enter it again.' };
  }
  if (problem.kind === 'too-many-tries' && problem.retryAfterSeconds !== undefined) {
    const { title } = PROBLEMS[problem.kind];
    return { title, text: `You have called very often. Try again in ${problem.retryAfterSeconds} seconds.` };
  }
  return { ...PROBLEMS[problem.kind], ...('detail' in problem ? { detail: problem.detail } : {}) };
}

/** `1.24 s`; below a second in ms, rounded to what a person can tell apart. */
export function durationWords(ms: number): string {
  return ms < 995 ? `${Math.round(ms / 10) * 10} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** What the newest latency is made of, and the median of all. */
export function latencyWords({ latenciesMs, latencyParts }: State): string {
  const of = latencyParts;
  const parts =
    of === undefined
      ? ''
      : ` ${durationWords(of.endpointingMs)} until the end of your words was noticed, ${durationWords(of.modelMs)} the model’s, ${durationWords(of.playoutMs)} ours.`;
  return `From the end of your words to the first sound of the answer.${parts}${medianWords(latenciesMs)}`;
}

/** What the figure of an interruption means, and the median of all. */
export function bargeInWords({ bargeInsMs }: State): string {
  return `From the first sound of your interruption to the agent’s silence.${medianWords(bargeInsMs)}`;
}

function medianWords(figuresMs: readonly number[]): string {
  const median = medianMs(figuresMs);
  return median === undefined ? '' : ` Median of ${figuresMs.length}: ${durationWords(median)}.`;
}

/** `4:07`. */
export function clockWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The panel that is shown while no call is on. */
export function welcomeWords(state: State): Advice & { readonly start: string } {
  const { phase } = state;
  switch (phase.kind) {
    case 'failed':
      return { ...problemWords(phase.problem), start: 'Try again' };
    case 'ended':
      return { ...endingWords(phase.ending), start: 'Call again' };
    case 'waiting':
      return {
        title: 'Waiting for a free line',
        text: (phase.problem.kind === 'busy' ? phase.problem.detail : undefined) ?? 'All lines are busy at the moment.',
        detail: `Trying again in ${phase.secondsLeft} s`,
        start: 'Start call',
      };
    case 'starting':
      return {
        title: { microphone: 'May we hear you?', agent: 'Calling…', media: 'Connecting…' }[phase.step],
        text:
          phase.step === 'microphone'
            ? 'Your browser asks for the microphone. It is used for this call only.'
            : 'The agent will speak first.',
        start: 'Start call',
      };
    case 'hanging-up':
      return { title: 'Hanging up…', text: '', start: 'Start call' };
    case 'idle':
    case 'live':
      return {
        title: 'Talk to the agent',
        text: 'Speak as you would on the phone. You can interrupt at any time.',
        start: 'Start call',
      };
  }
}

/** What a screen reader says when it changes: the turns of the call only. */
export function announcement(state: State): string {
  const { phase } = state;
  switch (phase.kind) {
    case 'live':
      if (phase.network === 'broken') return 'Reconnecting';
      return state.muted ? 'Connected, you are muted' : 'Connected';
    case 'waiting':
      return 'All lines are busy. Trying again soon.';
    case 'starting':
      return statusWords(state);
    case 'ended': {
      const { title, text } = endingWords(phase.ending);
      return `${title}. ${text}`;
    }
    default:
      return '';
  }
}

/** To a developer whose agent cannot be read as it is now. */
export function agentProblemWords(problem: string): string {
  return `You speak with the agent as it was before your last change: ${problem}`;
}

/** A tool's call in a line, for screen readers and the file that is taken away. */
export function toolWords({ name, args }: ToolCall, answer: ToolAnswer | undefined): string {
  return `Tool: ${name} ${args}${answer === undefined ? '' : ` → ${answerWords(answer)}`}`;
}

export function answerWords({ result, cancelled }: ToolAnswer): string {
  return cancelled ? 'the call ended first' : result;
}
