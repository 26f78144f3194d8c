import type { PageTexts } from '../contract/languages/page-texts';
import type { Line, Transcript } from './transcript';
import { clockWords, toolWords } from './words';

/** When each line of a call began, for the file that the caller may take away. */
export class LineTimes {
  readonly #beganMs = new Map<number, number>();

  /** @param atMs since the call began */
  note({ lines }: Transcript, atMs: number): void {
    if (lines.length === 0) this.#beganMs.clear();
    for (const { id } of lines) if (!this.#beganMs.has(id)) this.#beganMs.set(id, atMs);
  }

  of(line: Line): number {
    return this.#beganMs.get(line.id) ?? 0;
  }
}

/** The conversation as plain text; what the agent was cut off before saying is left out. */
export function transcriptText(transcript: Transcript, times: LineTimes, began: Date, texts: PageTexts): string {
  const lines = transcript.lines.flatMap((line) => {
    const words = wordsOf(line, texts);
    return words === '' ? [] : [`[${clockWords(times.of(line))}] ${words}`];
  });
  const when = began.toISOString().slice(0, 16).replace('T', ' ');
  return `${texts.callOf(when)}\n\n${lines.join('\n')}\n`;
}

/** `call-2026-11-27-1405.txt`, in UTC. */
export function transcriptFileName(began: Date): string {
  const [date = '', time = ''] = began.toISOString().split('T');
  return `call-${date}-${time.slice(0, 5).replace(':', '')}.txt`;
}

function wordsOf(line: Line, { fixed, cutOff }: PageTexts): string {
  switch (line.kind) {
    case 'caller':
      return line.text === '' ? '' : `${fixed.you}: ${line.text}`;
    case 'bot': {
      const heard = line.sentences.map(({ progress, text, heard: part }) => (progress === 'heard' ? text : part));
      const said = heard.map((text) => text.trim()).filter((text) => text !== '');
      const isCut = line.sentences.some(({ progress }) => progress === 'cut');
      return said.length === 0 ? '' : `${fixed.agent}: ${said.join(' ')}${isCut ? ` — ${cutOff}` : ''}`;
    }
    case 'tool':
      return `(${toolWords(line.call, line.answer)})`;
    case 'trouble':
      return `(${line.text})`;
  }
}

/** Hands the caller a file of this text. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn of its loop; a minute is for slow ones.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
