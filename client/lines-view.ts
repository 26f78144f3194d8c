import type { Line, Sentence } from './transcript';

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

  render(lines: readonly Line[]): void {
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
      const element = known?.element ?? this.#elements.list.appendChild(document.createElement('li'));
      fill(element, line);
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

function fill(element: HTMLElement, line: Line): void {
  switch (line.kind) {
    case 'caller':
      element.className = 'line caller';
      element.replaceChildren(
        span('unseen', 'You: '),
        line.text,
        ...(line.interim === '' ? [] : [span('interim', `${line.text === '' ? '' : ' '}${line.interim}`)]),
      );
      return;
    case 'bot':
      element.className = 'line bot';
      element.replaceChildren(span('unseen', 'Agent: '), ...line.sentences.flatMap((part, at) => sentence(part, at)));
      return;
    case 'trouble':
      element.className = 'line trouble';
      element.replaceChildren(line.text);
      return;
  }
}

/** Joins sentences with a space unless their text already has one. */
function sentence(part: Sentence, at: number): Node[] {
  const element = span(`sentence ${part.progress}`, '');
  const text = part.text.trim();
  const heard = part.progress === 'heard' ? text : text.slice(0, part.heard.trim().length);
  const rest = text.slice(heard.length);
  if (part.progress === 'cut' && rest !== '') {
    const struck = document.createElement('s');
    struck.append(span('unseen', ' (not heard:) '), rest.trimStart());
    element.append(heard, rest.startsWith(' ') ? ' ' : '', struck);
  } else if (part.progress === 'being-heard' && heard !== '') {
    element.append(heard, span('rest', rest));
  } else {
    element.append(text);
  }
  return at === 0 ? [element] : [document.createTextNode(' '), element];
}

function span(className: string, text: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.className = className;
  if (text !== '') element.textContent = text;
  return element;
}
