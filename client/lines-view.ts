import type { Line, Sentence } from './transcript';
import { answerWords, durationWords, type Words } from './words';

/** A reader scrolled to within this distance of the end follows the newest words. */
const FOLLOW_PX = 48;

/** Shows the conversation. Only lines that changed are touched, and a reader who scrolled back is left alone. */
export class LinesView {
  readonly #elements: { scroller: HTMLElement; list: HTMLElement; newest: HTMLButtonElement };
  readonly #shown = new Map<number, { line: Line; element: HTMLElement }>();
  #following = true;

  constructor(elements: { scroller: HTMLElement; list: HTMLElement; newest: HTMLButtonElement }) {
    this.#elements = elements;
    const { scroller, newest } = elements;
    scroller.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = scroller;
      this.#following = scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
      if (this.#following) newest.hidden = true;
    });
    newest.addEventListener('click', () => {
      this.#following = true;
      this.follow();
      scroller.focus();
    });
    new ResizeObserver(() => this.follow()).observe(scroller);
  }

  /** What is said is in another language now. @param language a BCP 47 tag, or whatever the server called one */
  speak(language: string): void {
    this.#elements.list.lang = language;
  }

  render(lines: readonly Line[], words: Words): void {
    const present = new Set(lines.map((line) => line.id));
    for (const [id, { element }] of this.#shown) {
      if (present.has(id)) continue;
      element.remove();
      this.#shown.delete(id);
    }
    let changed = false;
    for (const line of lines) {
      const known = this.#shown.get(line.id);
      if (known?.line === line) continue;
      changed = true;
      const element = known?.element ?? this.#elements.list.appendChild(newItem());
      fill(element, line, words);
      this.#shown.set(line.id, { line, element });
    }
    if (!changed) return;
    if (this.#following) this.follow();
    else this.#elements.newest.hidden = false;
  }

  /** Scrolls to the newest words, unless the reader has scrolled back. */
  follow(): void {
    if (!this.#following) return;
    this.#elements.newest.hidden = true;
    this.#elements.scroller.scrollTop = this.#elements.scroller.scrollHeight;
  }
}

/** A line begins on the side on which its language does. */
function newItem(): HTMLLIElement {
  const item = document.createElement('li');
  item.dir = 'auto';
  return item;
}

function fill(element: HTMLElement, line: Line, words: Words): void {
  const { texts } = words;
  const { you, agent } = texts.fixed;
  switch (line.kind) {
    case 'caller':
      element.className = 'line caller';
      element.replaceChildren(
        speaker(`${you}: `),
        isolated('', line.text),
        ...(line.interim === '' ? [] : [line.text === '' ? '' : ' ', isolated('interim', line.interim)]),
      );
      return;
    case 'bot':
      element.className = 'line bot';
      element.replaceChildren(
        speaker(`${agent}: `),
        ...line.sentences.flatMap((part, at) => sentence(part, at, texts)),
      );
      return;
    case 'tool':
      element.className = `line tool ${line.answer === undefined ? 'running' : 'answered'}`;
      element.replaceChildren(...toolCall(line, words));
      return;
    case 'trouble':
      element.className = 'line trouble';
      element.replaceChildren(isolated('', line.text));
      return;
  }
}

/** Joins sentences with a space unless their text already has one. */
function sentence(part: Sentence, at: number, { notHeard }: Words['texts']): Node[] {
  const element = isolated(`sentence ${part.progress}`, '');
  const text = part.text.trim();
  const heard = part.progress === 'heard' ? text : text.slice(0, part.heard.trim().length);
  const rest = text.slice(heard.length);
  if (part.progress === 'cut' && rest !== '') {
    const struck = document.createElement('s');
    struck.append(unseen(` ${notHeard} `), rest.trimStart());
    element.append(heard, rest.startsWith(' ') ? ' ' : '', struck);
  } else if (part.progress === 'being-heard' && heard !== '') {
    const ahead = document.createElement('span');
    ahead.className = 'rest';
    ahead.textContent = rest;
    element.append(heard, ahead);
  } else {
    element.append(text);
  }
  return at === 0 ? [element] : [document.createTextNode(' '), element];
}

/** What a tool was asked, and below it what it answered, and after what time. */
function toolCall({ call, answer }: Extract<Line, { kind: 'tool' }>, words: Words): Node[] {
  const asked = document.createElement('code');
  const name = document.createElement('b');
  name.textContent = call.name;
  asked.append(name, ' ', isolated('', call.args));
  if (answer === undefined) return [speaker('Tool: '), asked];
  const answered = document.createElement('code');
  answered.append('→ ', isolated('', answerWords(answer)));
  const took = document.createElement('span');
  took.className = 'took';
  took.textContent = durationWords(answer.atMs - call.atMs, words);
  return [speaker('Tool: '), asked, answered, took];
}

/** Who speaks, for screen readers. It has no say in a line's direction. */
function speaker(text: string): HTMLElement {
  const element = unseen(text);
  element.dir = 'ltr';
  return element;
}

function unseen(text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = 'unseen';
  element.textContent = text;
  return element;
}

/**
 * Words of somebody else: they have the direction of their own language, and control characters in them, such as U+202E,
 * turn nothing round but themselves. (No `bdi`: that has no say in the line's direction.)
 */
function isolated(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = `words ${className}`.trim();
  element.textContent = text;
  return element;
}
