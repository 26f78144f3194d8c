import { PassThrough } from 'node:stream';
import { Terminal, type TerminalInput } from '../../../ops/cli/terminal';

/** A terminal that says what it was told, and how it was set while it was typed on. */
function typing(isTTY = true) {
  const keys = new PassThrough();
  const modes: boolean[] = [];
  const input: TerminalInput = Object.assign(keys, { isTTY, setRawMode: (isRaw: boolean) => modes.push(isRaw) });
  let shown = '';
  let interrupts = 0;
  const stop = new AbortController();
  const terminal = new Terminal(
    input,
    (text) => (shown += text),
    stop.signal,
    () => (interrupts += 1),
  );
  return { terminal, keys, modes, stop, shown: () => shown, interrupts: () => interrupts };
}

describe('U4: what is asked on the terminal', () => {
  it('is a line each, in whatever pieces it is typed', async () => {
    const { terminal, keys, shown } = typing();
    const answer = terminal.ask('In which region? ');
    for (const piece of ['eu-', 'north-1 ', '\n']) keys.write(piece);
    expect(await answer).toBe('eu-north-1');
    expect(shown()).toBe('In which region? ');
  });

  it('keeps what is piped ahead for the next question', async () => {
    const { terminal, keys } = typing(false);
    keys.end('yes\r\nno\nyes');
    expect(await terminal.confirm('One?')).toBe(true);
    expect(await terminal.confirm('Two?')).toBe(false);
    expect(await terminal.confirm('Three?')).toBe(true);
    expect(await terminal.ask('Four? ')).toBeUndefined();
  });

  it('takes only "yes" for yes, and an input that has ended for no', async () => {
    const { terminal, keys } = typing();
    keys.write('y\n');
    expect(await terminal.confirm('Go on?')).toBe(false);
    keys.end();
    expect(await terminal.confirm('Go on?')).toBe(false);
  });

  it('shows nothing of a secret, which may be corrected while it is typed', async () => {
    const { terminal, keys, modes, shown } = typing();
    const answer = terminal.askHidden('DAILY_API_KEY (not shown): ');
    for (const key of 'abx') keys.write(key);
    keys.write('\u007f');
    keys.write('c\r');
    expect(await answer).toBe('abc');
    expect(shown()).toBe('DAILY_API_KEY (not shown): \n');
    expect(modes).toEqual([true, false]);
  });

  it('hides only where there is a terminal', () => {
    expect(typing().terminal.canHide).toBe(true);
    expect(typing(false).terminal.canHide).toBe(false);
  });

  it('makes Ctrl-C a signal while nothing is echoed, and leaves the terminal as it was', async () => {
    const { terminal, keys, modes, interrupts } = typing();
    const answer = terminal.askHidden('DAILY_API_KEY: ');
    keys.write('half\u0003');
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
    expect(interrupts()).toBe(1);
    expect(modes).toEqual([true, false]);
  });

  it('ends its waiting with the command', async () => {
    const { terminal, stop, modes } = typing();
    const answer = terminal.askHidden('DAILY_API_KEY: ');
    stop.abort('SIGTERM');
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
    expect(modes).toEqual([true, false]);
    await expect(terminal.ask('More? ')).rejects.toMatchObject({ code: 'interrupted' });
  });
});
