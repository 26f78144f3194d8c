import type { LoggedMessage } from '../../../smoke/caller';

interface Line {
  readonly atMs: number;
  readonly who: 'caller' | 'bot' | 'tool';
  readonly text: string;
}

interface BotOutput {
  readonly segment_id: number;
  readonly text: string;
  readonly spoken_status: string;
  readonly spoken_progress: { readonly accumulated_text: string };
}

/**
 * The conversation from the messages that the caller's client got: the caller's words as the model understood them,
 * and of the bot's words those that were heard.
 */
export function transcriptLines(messages: readonly LoggedMessage[], beganMs: number): string[] {
  const lines: Line[] = [];
  const spoken = new Map<number, { line: Line; complete: boolean }>();
  for (const { message, arrivedMs } of messages) {
    const atMs = arrivedMs - beganMs;
    if (message.type === 'user-transcription')
      lines.push({ atMs, who: 'caller', text: (message.data as { text: string }).text });
    if (message.type === 'llm-function-call-in-progress') lines.push({ atMs, who: 'tool', text: 'is asked' });
    if (message.type !== 'bot-output') continue;
    const { segment_id: id, text, spoken_status: status, spoken_progress: progress } = message.data as BotOutput;
    const former = spoken.get(id);
    if (status === 'in-progress' && former === undefined)
      spoken.set(id, { line: { atMs, who: 'bot', text }, complete: false });
    if (status === 'in-progress' && former !== undefined) {
      spoken.set(id, { line: { ...former.line, text: `${progress.accumulated_text}— (cut off)` }, complete: true });
    }
    if (status === 'completed' && former !== undefined) spoken.set(id, { ...former, complete: true });
  }
  for (const { line, complete } of spoken.values()) if (complete) lines.push(line);
  return lines
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, who, text }) => `${(atMs / 1000).toFixed(1).padStart(6)} s  ${who.padEnd(6)}  ${text}`);
}
