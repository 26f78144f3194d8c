import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { decodeDown, encodeAudioUp, encodeFlushed } from '../../../../bot/transport/daily/bridge/frames';
import { BridgeSocket } from '../../../../bot/transport/daily/bridge/bridge-socket';
import { FakeClock, settle } from '../../../support/fake-clock';

/** A page at the other end of a socket, that plays in the time of a clock. */
class PageSocket extends EventEmitter {
  readonly sent: (string | Uint8Array)[] = [];
  terminated = false;
  closed = false;

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  terminate(): void {
    this.terminated = true;
  }

  close(): void {
    this.closed = true;
  }

  frame(epoch: number, playedSamples: number): void {
    const frame = encodeAudioUp({ epoch, playedSamples, starvations: 0, pcm16k: new Int16Array(320) });
    this.emit('message', Buffer.from(frame), true);
  }

  flushed(epoch: number): void {
    this.emit('message', Buffer.from(encodeFlushed(epoch)), true);
  }

  says(message: object): void {
    this.emit('message', Buffer.from(JSON.stringify(message)), false);
  }

  get pings(): number[] {
    return this.sent.flatMap((sent) => {
      const message = typeof sent === 'string' ? (JSON.parse(sent) as { kind: string; n: number }) : undefined;
      return message?.kind === 'ping' ? [message.n] : [];
    });
  }
}

describe("the bot's end of a call's socket", () => {
  let clock: FakeClock;
  let page: PageSocket;
  let bridge: BridgeSocket;
  let lost: string[] = [];
  let heard = 0;
  let told: unknown[] = [];

  beforeEach(() => {
    clock = new FakeClock();
    page = new PageSocket();
    lost = [];
    told = [];
    heard = 0;
    bridge = new BridgeSocket({
      socket: page as unknown as WebSocket,
      clock,
      pingEveryMs: 2_000,
      events: {
        onAudio: () => (heard += 1),
        onMessage: (message) => told.push(message),
        onLost: (why) => lost.push(why),
      },
    });
  });

  afterEach(() => {
    bridge.close();
    expect(clock.pendingTimers).toBe(0);
  });

  /** The page answers pings and sends frames for `ms`. */
  function live(ms: number, options: { pongs?: boolean; frames?: boolean } = {}): void {
    for (let at = 0; at < ms; at += 20) {
      clock.advance(20);
      if (options.frames !== false) page.frame(0, 0);
      const n = page.pings.at(-1);
      if (options.pongs !== false && n !== undefined) page.says({ kind: 'pong', n, audible: true });
    }
  }

  it.each([
    { kind: 'joined' },
    { kind: 'joined', members: {} },
    { kind: 'joined', members: [null] },
    { kind: 'member-updated', member: null },
    { kind: 'member-left', member: { id: 7, userId: 'u', muted: false } },
    { kind: 'member-joined', member: { id: 'a', userId: null, muted: false } },
    { kind: 'repaired', what: 'x'.repeat(5_000) },
    { kind: 'over', stage: 'never', type: 'x' },
    { kind: 'pong', n: '1', audible: true },
    { kind: '__proto__' },
  ])('refuses a message of the page that is none, where the call would have thrown: %j', (message) => {
    page.says(message);
    expect(told).toEqual([]);
    page.says({ kind: 'message', from: 'a', data: { any: 'thing' } });
    expect(told).toEqual([{ kind: 'message', from: 'a', data: { any: 'thing' } }]);
  });

  it('counts what is queued by what the page says it played, and lets it play on in between', () => {
    for (let i = 0; i < 5; i += 1) bridge.play(new Int16Array(480));
    expect(bridge.queuedMs).toBe(100);
    clock.advance(30);
    expect(bridge.queuedMs).toBe(70);
    page.frame(0, 480); // the page is 10 ms behind what was taken for granted
    expect(bridge.queuedMs).toBe(80);
    clock.advance(500);
    expect(bridge.queuedMs).toBe(0);
    page.frame(0, 2_400);
    bridge.play(new Int16Array(480));
    expect(bridge.queuedMs).toBe(20);
  });

  /** How much each frame of sound carried, in ms. */
  const piecesMs = (): number[] =>
    page.sent.flatMap((sent) => {
      const frame = typeof sent === 'string' ? undefined : decodeDown(sent.slice().buffer);
      return frame?.kind === 'audio' ? [frame.pcm24k.length / 24] : [];
    });

  it('sends the first of what is said at once, the rest in pieces of 40 ms, and keeps nothing of its end', () => {
    for (let i = 0; i < 8; i += 1) bridge.play(new Int16Array(480));
    expect(piecesMs()).toEqual([20, 40, 40, 40]);
    expect(bridge.queuedMs).toBe(160);
    page.frame(0, 480);
    expect(piecesMs()).toHaveLength(4);
    page.frame(0, 2_400);
    expect(piecesMs()).toEqual([20, 40, 40, 40, 20]);
    expect(bridge.queuedMs).toBe(60);
  });

  it('sends nothing after a flush of what waited for a whole piece', () => {
    for (let i = 0; i < 2; i += 1) bridge.play(new Int16Array(480));
    void bridge.flush();
    page.frame(1, 0);
    expect(piecesMs()).toEqual([20]);
  });

  it('has nothing queued from the flush on, which is over when the page says so, whatever it says of before', async () => {
    bridge.play(new Int16Array(480));
    let over = false;
    void bridge.flush().then(() => (over = true));
    expect(bridge.queuedMs).toBe(0);
    page.frame(0, 100);
    expect(bridge.queuedMs).toBe(0);
    await settle();
    expect(over).toBe(false);
    page.flushed(1);
    await settle();
    expect(over).toBe(true);
    bridge.play(new Int16Array(480));
    expect(decodeDown((page.sent.at(-1) as Uint8Array).slice().buffer)).toMatchObject({ epoch: 1 });
  });

  it('does not wait for ever for a flush', async () => {
    let over = false;
    void bridge.flush().then(() => (over = true));
    clock.advance(500);
    await settle();
    expect(over).toBe(true);
  });

  it('hears of a page that answers no ping, once', () => {
    bridge.watchFrames();
    live(10_000);
    expect(lost).toEqual([]);
    live(10_000, { pongs: false });
    expect(lost).toEqual(['page-hangs']);
    expect(page.terminated).toBe(true);
    page.emit('close');
    expect(lost).toHaveLength(1);
  });

  it('hears of a page that answers and sends no sound', () => {
    bridge.watchFrames();
    live(4_000);
    live(7_000, { frames: false });
    expect(lost).toEqual(['deaf']);
  });

  it('takes its own standing still for no deafness: the frames were only waiting', () => {
    bridge.watchFrames();
    live(4_000);
    clock.stall(9_000);
    clock.advance(0); // timers come before sockets
    live(6_000);
    expect(lost).toEqual([]);
  });

  it('nobody is deaf before the room is joined', () => {
    live(12_000, { frames: false });
    expect(lost).toEqual([]);
  });

  it('refuses what is no frame and no message', () => {
    page.emit('message', Buffer.from([9, 9]), true);
    page.emit('message', Buffer.from('{nonsense'), false);
    page.emit('message', Buffer.from('"text"'), false);
    expect([heard, bridge.counts.framesRefused, lost]).toEqual([0, 1, []]);
  });

  it('leaves in bounded time, whether the page closes or not', async () => {
    const leaving = bridge.leave(1_000);
    expect(page.sent).toContain('{"kind":"leave"}');
    clock.advance(1_000);
    expect(page.terminated).toBe(true);
    page.emit('close');
    await leaving;
    expect(lost).toEqual([]);
  });
});
