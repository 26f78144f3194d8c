import type { PageTexts } from '../contract/languages/page-texts';
import type { Line } from './transcript';
import { toolWords } from './words';

/** More would only be in the way of somebody who reads the page from top to bottom. */
const ENTRIES_KEPT = 4;

/**
 * What screen readers are told of the conversation: whole utterances, once each, when they are certain. The lines that
 * are shown change with every word, and a reader that followed them would never come to an end.
 */
export class SpokenLog {
  readonly #log: HTMLElement;
  readonly #told = new Set<string>();

  /** @param log an element with the role `log` */
  constructor(log: HTMLElement) {
    this.#log = log;
  }

  render(lines: readonly Line[], texts: PageTexts): void {
    if (lines.length === 0) {
      this.#told.clear();
      this.#log.replaceChildren();
      return;
    }
    lines.forEach((line, at) => {
      for (const { id, text } of utterances(line, at === lines.length - 1, texts)) {
        if (this.#told.has(id)) continue;
        this.#told.add(id);
        const entry = document.createElement('p');
        entry.dir = 'auto';
        entry.textContent = text;
        this.#log.append(entry);
      }
    });
    while (this.#log.childElementCount > ENTRIES_KEPT) this.#log.firstElementChild?.remove();
  }
}

/** What of a line will not change any more. @param isLast whether nobody has said anything since */
export function utterances(line: Line, isLast: boolean, { fixed }: PageTexts): { id: string; text: string }[] {
  switch (line.kind) {
    case 'caller':
      // Pieces of what the caller says are joined until somebody else speaks.
      return isLast && line.typed === 'no' ? [] : [{ id: `${line.id}`, text: `${fixed.you}: ${line.text}` }];
    case 'bot':
      return line.sentences
        .filter(({ progress }) => progress === 'heard')
        .map(({ id, text }) => ({ id: `${line.id}.${id}`, text: `${fixed.agent}: ${text}` }));
    case 'tool':
      return line.answer === undefined ? [] : [{ id: `${line.id}`, text: toolWords(line.call, line.answer) }];
    case 'trouble':
      return [{ id: `${line.id}`, text: line.text }];
  }
}
