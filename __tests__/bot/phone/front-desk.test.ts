import { readConfig } from '../../../bot/config';
import type { Lines } from '../../../bot/call';
import { FrontDesk } from '../../../bot/phone/front-desk';
import type { PhoneConfig } from '../../../bot/phone-config';
import { FakeClock } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';

const CALL_SID = `CA${'1'.repeat(32)}`;
const ACCOUNT_SID = `AC${'0'.repeat(32)}`;

function phoneConfig(): PhoneConfig {
  const { phone } = readConfig({
    PHONE_PROVIDER: 'twilio',
    PUBLIC_URL: 'https://voice.example.com',
    PHONE_STREAM_KEY: Buffer.alloc(32, 7).toString('base64'),
    TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: 'a'.repeat(32),
  });
  if (phone === undefined) throw new Error('no telephone');
  return phone;
}

/** Places of one task, of which there are enough. */
class Places implements Lines {
  readonly taken: string[] = [];
  readonly ended: string[] = [];
  /** What a table of the day's usage takes its time for. */
  readonly answer: Promise<void>;
  constructor(answer: Promise<void> = Promise.resolve()) {
    this.answer = answer;
  }
  refusalFor(): undefined {
    return undefined;
  }
  async reserve(): Promise<string> {
    await this.answer;
    return `call-${this.taken.push('one')}`;
  }
  release(): void {
    this.taken.pop();
  }
  begin(): void {
    throw new Error('no call begins here');
  }
  async end(callId: string): Promise<void> {
    this.ended.push(callId);
  }
}

function gate() {
  let open = (): void => undefined;
  const opens = new Promise<void>((resolve) => (open = resolve));
  return { opens, open: () => open() };
}

/** Tasks that share a table of what was claimed, on one clock. */
function tasks(count: number, answer?: Promise<void>) {
  const clock = new FakeClock();
  const claimed = new Set<string>();
  const claims = {
    claim: async (name: string) => claimed.size < claimed.add(name).size,
    close: () => undefined,
  };
  const desks = Array.from({ length: count }, () => {
    const lines = new Places(answer);
    const options = { config: phoneConfig(), lines, claims, withheld: undefined, outbound: undefined };
    return { lines, desk: new FrontDesk({ ...options, clock, telemetry: testTelemetry() }) };
  });
  return { clock, desks };
}

const RINGING = { callSid: CALL_SID, accountSid: ACCOUNT_SID, from: '+14155550142', to: '+14155550100' };

function tokenOf(decision: ReturnType<FrontDesk['ring']>): string {
  if (decision.kind !== 'connect') throw new Error(`not connected: ${decision.kind}`);
  return decision.token;
}

describe('an offer of a stream', () => {
  it('phone 4: is taken up by any task, and once by all of them together', async () => {
    const { desks } = tasks(2);
    const [one, other] = desks;
    const token = tokenOf(one!.desk.ring(RINGING));
    expect((await other!.desk.takeUp(token)).offer.callSid).toBe(CALL_SID);
    await expect(one!.desk.takeUp(token)).rejects.toMatchObject({ code: 'stream_spent', status: 409 });
    await expect(other!.desk.takeUp(token)).rejects.toMatchObject({ code: 'stream_spent' });
    expect(desks.map(({ lines }) => lines.taken.length)).toEqual([0, 1]);
  });

  it('phone 19: streams of one number that come at once get no more places than one after the other', async () => {
    const table = gate();
    const { lines, desk } = tasks(1, table.opens).desks[0]!;
    const tokens = [1, 2, 3, 4].map((n) => tokenOf(desk.ring({ ...RINGING, callSid: `CA${String(n).repeat(32)}` })));
    const places = tokens.map((token) => desk.takeUp(token));
    const outcomes = Promise.allSettled(places);
    table.open();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await expect(places[2]).rejects.toMatchObject({ code: 'caller_busy' });
    expect(lines.taken).toHaveLength(2);
    (await places[0])?.release();
    (await places[1])?.release();
    expect(desk.ring(RINGING).kind).toBe('connect');
  });

  it('phone 18: of two streams of one call that come at once the second has it', async () => {
    const table = gate();
    const { lines, desk } = tasks(1, table.opens).desks[0]!;
    const tokens = [1, 2].map(() => tokenOf(desk.ring(RINGING)));
    expect(tokens[0]).toBe(tokens[1]);
    const again = tokenOf(desk.streamEnded(tokens[0]!, false));
    const places = Promise.all([desk.takeUp(tokens[0]!), desk.takeUp(again)]);
    table.open();
    const [older, newer] = await places;
    expect(lines.ended).toEqual([older.callId]);
    expect(desk.live.get(CALL_SID)?.callId).toBe(newer.callId);
  });

  it('phone 4: is good for 30 s', async () => {
    const { clock, desks } = tasks(1);
    const { desk } = desks[0]!;
    const token = tokenOf(desk.ring(RINGING));
    clock.advance(30_001);
    await expect(desk.takeUp(token)).rejects.toMatchObject({ code: 'stream_refused', status: 403 });
  });

  it('phone 6: is made ten times while a call is young, the turn shifted once, and then never again', () => {
    const { clock, desks } = tasks(1);
    const { desk } = desks[0]!;
    let token = tokenOf(desk.ring(RINGING));
    const asked: string[] = [];
    for (;;) {
      clock.advance(200);
      const isAgain = asked.at(-1) === 'ask-again';
      const decision = desk.streamEnded(token, isAgain);
      asked.push(decision.kind);
      if (decision.kind === 'apologise') break;
      if (decision.kind === 'connect') token = decision.token;
    }
    const connects = (times: number) => Array<string>(times).fill('connect');
    expect(asked).toEqual([...connects(3), 'ask-again', ...connects(6), 'apologise']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'phone 6: of %d tasks that are asked in turn, each is offered to before a caller hears an apology',
    (count) => {
      const { desks } = tasks(count);
      let turn = 0;
      const next = () => (turn += 1) % count;
      let decision = desks[next()]!.desk.ring(RINGING);
      let isAgain = false;
      const knocked = new Set<number>();
      while (decision.kind === 'connect' || decision.kind === 'ask-again') {
        if (decision.kind === 'connect') knocked.add(next());
        const { token } = decision;
        const again = desks[next()]!.desk.streamEnded(token, isAgain);
        isAgain = again.kind === 'ask-again';
        decision = again;
      }
      expect(decision.kind).toBe('apologise');
      expect(knocked.size).toBe(count);
    },
  );

  it('phone 6: is not made again for a stream that broke in the middle of a call', () => {
    const { clock, desks } = tasks(1);
    const { desk } = desks[0]!;
    const token = tokenOf(desk.ring(RINGING));
    clock.advance(5_001);
    expect(desk.streamEnded(token, false)).toEqual({ kind: 'apologise' });
  });
});
