import type { Readable } from 'node:stream';
import { Interrupted } from './ops-error';

/** Where answers come from: a terminal, a pipe, or a test. */
export interface TerminalInput extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f'];

/**
 * Asks an operator, line by line. One for a whole command: what is typed ahead, or piped, is kept for the next question.
 * Ctrl-C is a signal of the process, also where the terminal gives every key as it is.
 */
export class Terminal {
  readonly #input: TerminalInput;
  readonly #write: (text: string) => void;
  readonly #signal: AbortSignal;
  readonly #interrupt: () => void;
  #pending = '';
  #hasEnded = false;

  /** @param interrupt what Ctrl-C does while nothing is echoed */
  constructor(input: TerminalInput, write: (text: string) => void, signal: AbortSignal, interrupt: () => void) {
    this.#input = input;
    input.setEncoding('utf8');
    this.#write = write;
    this.#signal = signal;
    this.#interrupt = interrupt;
  }

  /** Whether somebody can type without being seen. */
  get canHide(): boolean {
    return this.#input.isTTY === true && this.#input.setRawMode !== undefined;
  }

  /** The answer, without blanks around it; undefined where the input has ended. @throws Interrupted */
  async ask(question: string): Promise<string | undefined> {
    this.#write(question);
    return (await this.#line())?.trim();
  }

  /** As `ask`, without showing what is typed. @throws Interrupted */
  async askHidden(question: string): Promise<string | undefined> {
    this.#write(question);
    this.#input.setRawMode?.(true);
    try {
      return (await this.#line())?.trim();
    } finally {
      this.#input.setRawMode?.(false);
      this.#write('\n');
    }
  }

  /** Only "yes" is yes, and an input that has ended is no. @throws Interrupted */
  async confirm(question: string): Promise<boolean> {
    return (await this.ask(`${question} Only "yes" is yes: `)) === 'yes';
  }

  async #line(): Promise<string | undefined> {
    for (;;) {
      const line = this.#takeLine();
      if (line !== undefined) return line;
      if (this.#hasEnded) return undefined;
      await this.#more();
    }
  }

  /** The first line of what was typed, as its keys have left it. */
  #takeLine(): string | undefined {
    const keys = Array.from(this.#pending);
    const line: string[] = [];
    for (const [index, key] of keys.entries()) {
      if (key === CTRL_C) {
        this.#pending = '';
        this.#interrupt();
        throw new Interrupted('Nothing was answered.');
      }
      if (key === '\n' || key === '\r' || key === CTRL_D) {
        // Where a line ends by two characters they are one end.
        const isPair = key === '\r' && keys[index + 1] === '\n';
        this.#pending = keys.slice(index + (isPair ? 2 : 1)).join('');
        if (key !== CTRL_D || line.length > 0) return line.join('');
        this.#hasEnded = true;
        return undefined;
      }
      if (key === BACKSPACE || key === DELETE) line.pop();
      else line.push(key);
    }
    return undefined;
  }

  /** Waits for more input, its end, or the command's. @throws Interrupted */
  #more(): Promise<void> {
    const [input, signal] = [this.#input, this.#signal];
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => (): void => {
        input.off('data', take);
        input.off('end', end);
        signal.removeEventListener('abort', abort);
        // A standard input that nobody listens to must not keep the process.
        input.pause();
        then();
      };
      const take = (chunk: string): void => {
        this.#pending += chunk;
        settle(resolve)();
      };
      const end = settle(() => {
        this.#hasEnded = true;
        if (this.#pending !== '') this.#pending += '\n';
        resolve();
      });
      const abort = settle(() => reject(new Interrupted('Nothing was answered.')));
      if (signal.aborted) abort();
      else if (input.readableEnded || input.destroyed) end();
      else listen();
      function listen(): void {
        input.on('data', take);
        input.once('end', end);
        signal.addEventListener('abort', abort, { once: true });
        input.resume();
      }
    });
  }
}
