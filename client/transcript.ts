/** A sentence of the bot: first known, then being heard, then heard, or cut short by the caller. */
export interface Sentence {
  readonly id: number;
  readonly text: string;
  /** The leading part of `text` that the caller has certainly heard. */
  readonly heard: string;
  /** `cut` is final unless the server says that all of it was heard after all. */
  readonly progress: 'ahead' | 'being-heard' | 'heard' | 'cut';
}

/** A line of the conversation, in the order in which it is read. */
export type Line =
  | {
      readonly kind: 'caller';
      readonly id: number;
      /** What is certain. */
      readonly text: string;
      /** What is still being recognised after it. */
      readonly interim: string;
      /** Typed, not spoken; `repeated` once the server has sent the same words back. */
      readonly typed: 'no' | 'yes' | 'repeated';
    }
  | { readonly kind: 'bot'; readonly id: number; readonly sentences: readonly Sentence[]; readonly over: boolean }
  /** A tool that was called: told to developers only. */
  | {
      readonly kind: 'tool';
      readonly id: number;
      readonly call: ToolCall;
      /** What it answered; undefined while it runs. */
      readonly answer: ToolAnswer | undefined;
    }
  /** A notice, not speech. */
  | { readonly kind: 'trouble'; readonly id: number; readonly text: string };

/** What a tool is asked. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** As JSON. */
  readonly args: string;
  /** Page clock. */
  readonly atMs: number;
}

/** What a tool answered, as JSON; `cancelled`: the call ended first. */
export interface ToolAnswer {
  readonly result: string;
  readonly cancelled: boolean;
  readonly atMs: number;
}

/** What the server says about one sentence; RTVI's `bot-output`. */
export interface SpokenReport {
  readonly segmentId: number | undefined;
  readonly text: string;
  readonly status: 'new' | 'in-progress' | 'completed';
  readonly heard: string;
}

/** The conversation so far. Lines keep their identity while they do not change, so that a view can compare them. */
export interface Transcript {
  readonly lines: readonly Line[];
  readonly nextId: number;
  /** What the caller was last reported to have said, by the server's time: after a change of networks it may be told again. */
  readonly told: readonly string[];
}

export const EMPTY_TRANSCRIPT: Transcript = { lines: [], nextId: 0, told: [] };

/** Older lines are dropped, so that a day-long call does not fill the page. */
const MAX_LINES = 400;

/** The longest that a server may tell again. */
const TOLD_KEPT = 100;

/** The caller's recognised words, said at `saidAt`; several final pieces in a row are one line. */
export function callerSaid(before: Transcript, text: string, final: boolean, saidAt?: string): Transcript {
  const words = text.trim();
  const report = `${saidAt ?? ''} ${words}`;
  const isKnown = saidAt !== undefined && saidAt !== '' && before.told.includes(report);
  if (words === '' || (final && isKnown)) return before;
  const transcript = final ? { ...before, told: [...before.told, report].slice(-TOLD_KEPT) } : before;
  const last = transcript.lines.at(-1);
  if (last?.kind === 'caller') {
    if (last.typed === 'yes' && final && sameWords(last.text, words)) {
      return replaceLast(transcript, { ...last, typed: 'repeated' });
    }
    if (last.typed === 'no') {
      return replaceLast(
        transcript,
        final ? { ...last, text: joined(last.text, words), interim: '' } : { ...last, interim: words },
      );
    }
  }
  const line = { text: final ? words : '', interim: final ? '' : words, typed: 'no' } as const;
  return append(transcript, (id) => ({ kind: 'caller', id, ...line }));
}

/** Words the caller typed. */
export function callerTyped(transcript: Transcript, text: string): Transcript {
  return append(transcript, (id) => ({ kind: 'caller', id, text, interim: '', typed: 'yes' }));
}

/** Adds a notice of a problem. */
export function troubled(transcript: Transcript, text: string): Transcript {
  return append(transcript, (id) => ({ kind: 'trouble', id, text }));
}

/** A tool is called. */
export function toolCalled(transcript: Transcript, call: ToolCall): Transcript {
  return append(transcript, (id) => ({ kind: 'tool', id, call, answer: undefined }));
}

/** A tool that was called has answered; one that nothing is known of stays unknown. */
export function toolAnswered(transcript: Transcript, callId: string, answer: ToolAnswer): Transcript {
  const { lines } = transcript;
  const at = lines.findLastIndex((line) => line.kind === 'tool' && line.call.callId === callId);
  const line = lines[at];
  return line?.kind === 'tool' ? { ...transcript, lines: lines.with(at, { ...line, answer }) } : transcript;
}

/** How far a sentence of the bot has come. */
export function botReported(transcript: Transcript, report: SpokenReport): Transcript {
  const { lines } = transcript;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at];
    if (line?.kind !== 'bot') continue;
    const known = line.sentences.find((sentence) => sentence.id === report.segmentId);
    if (known === undefined) continue;
    const sentences = line.sentences.map((sentence) => (sentence === known ? progressed(known, report) : sentence));
    return { ...transcript, lines: lines.with(at, { ...line, sentences }) };
  }
  const last = lines.at(-1);
  const first: Sentence = {
    id: report.segmentId ?? -1 - transcript.nextId,
    text: report.text,
    heard: '',
    progress: 'ahead',
  };
  const sentence = progressed(first, report);
  if (last?.kind === 'bot' && !last.over)
    return replaceLast(transcript, { ...last, sentences: [...last.sentences, sentence] });
  return append(transcript, (id) => ({ kind: 'bot', id, sentences: [sentence], over: false }));
}

/** The caller barged in: what has not been heard by now never will be. */
export function botCutOff(transcript: Transcript): Transcript {
  return lastBotLine(transcript, (line) => ({
    ...line,
    over: true,
    sentences: line.sentences.map((sentence) =>
      sentence.progress === 'heard' ? sentence : { ...sentence, progress: 'cut' },
    ),
  }));
}

/** The call ended during an answer; how much of the last sentence was heard is unknown. */
export function botBrokenOff(transcript: Transcript): Transcript {
  return lastBotLine(transcript, (line) => ({
    ...line,
    over: true,
    sentences: line.sentences.map((sentence) =>
      sentence.progress === 'ahead' ? { ...sentence, progress: 'cut' } : sentence,
    ),
  }));
}

/** The bot's answer is over: what it says next starts a new line. */
export function botTurnOver(transcript: Transcript): Transcript {
  return lastBotLine(transcript, (line) => (line.over ? line : { ...line, over: true }));
}

function progressed(sentence: Sentence, report: SpokenReport): Sentence {
  const { text } = report;
  const heard = text.startsWith(report.heard) ? report.heard : sentence.heard;
  if (report.status === 'completed') return { ...sentence, text, heard: text, progress: 'heard' };
  if (report.status === 'new') return sentence;
  return { ...sentence, text, heard, progress: sentence.progress === 'cut' ? 'cut' : 'being-heard' };
}

function lastBotLine(
  transcript: Transcript,
  change: (line: Extract<Line, { kind: 'bot' }>) => Extract<Line, { kind: 'bot' }>,
): Transcript {
  const at = transcript.lines.findLastIndex((line) => line.kind === 'bot');
  const line = transcript.lines[at];
  if (line?.kind !== 'bot') return transcript;
  const changed = change(line);
  return changed === line ? transcript : { ...transcript, lines: transcript.lines.with(at, changed) };
}

function append(transcript: Transcript, make: (id: number) => Line): Transcript {
  const lines = [...transcript.lines, make(transcript.nextId)];
  return { ...transcript, lines: lines.slice(-MAX_LINES), nextId: transcript.nextId + 1 };
}

function replaceLast(transcript: Transcript, line: Line): Transcript {
  return { ...transcript, lines: transcript.lines.with(-1, line) };
}

function joined(before: string, after: string): string {
  return before === '' ? after : `${before} ${after}`;
}

function sameWords(a: string, b: string): boolean {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return plain(a) === plain(b);
}
