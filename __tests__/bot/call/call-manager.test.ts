import type { CallDeps } from '../../../bot/call/call-deps';
import { CallManager } from '../../../bot/call/call-manager';
import { Overload } from '../../../bot/call/overload';
import { BotError } from '../../../bot/errors';
import { notReady } from '../../../bot/http/availability';
import type { ModelHealth } from '../../../bot/sonic/speech-model';
import { BeatLateness } from '../../../bot/time/beat-lateness';
import { Ticker } from '../../../bot/time/ticker';
import type { CallRooms } from '../../../bot/transport/rooms';
import type { CallTransport } from '../../../bot/transport/transport';
import { agentsOf, callAgent } from '../../support/call-agents';
import { testConfig } from '../../support/config';
import { FakeClock, settle } from '../../support/fake-clock';
import { OPEN_ADMISSION } from '../../support/open-admission';
import { ScriptedModel } from '../../support/scripted-model';
import { testTelemetry } from '../../support/telemetry';
import { CALL_SETTINGS } from './support/call-setup';

/** A model that can be taken away. */
class FailingModel extends ScriptedModel {
  health: ModelHealth = { ok: true };
}

/** A caller on the way, who never arrives. */
function connecting(): CallTransport & { closed: boolean } {
  return {
    kind: 'webrtc',
    queuedMs: 0,
    closed: false,
    start: () => new Promise(() => undefined),
    play: () => undefined,
    flush: () => Promise.resolve(),
    send: () => undefined,
    close() {
      this.closed = true;
      return Promise.resolve();
    },
  };
}

function setUp({ maxCalls = 2, rooms }: { maxCalls?: number; rooms?: CallRooms } = {}) {
  const clock = new FakeClock();
  const lateness = new BeatLateness(10_000, 500);
  const model = new FailingModel();
  const telemetry = testTelemetry();
  const deps: CallDeps = {
    clock,
    ticker: new Ticker({ periodMs: 20, clock, onListenerError: () => undefined }),
    model,
    modelId: 'test-model',
    agents: agentsOf(callAgent(clock)),
    waitingSound: new Int16Array(),
    telemetry,
    prices: undefined,
    admission: OPEN_ADMISSION,
    overload: new Overload({ lateness, clock, limitMs: 40 }),
    settings: { ...CALL_SETTINGS, maxCalls },
  };
  return { clock, model, telemetry, lateness, manager: new CallManager(deps, rooms) };
}

function refusal(act: () => void): BotError {
  try {
    act();
  } catch (error) {
    if (error instanceof BotError) return error;
  }
  throw new Error('not refused');
}

describe('slots for calls', () => {
  it('refuses, and does not queue, a call too many; and says when to try again', async () => {
    const { manager } = setUp();
    const first = await manager.reserve('ann');
    await manager.reserve('bob');
    await expect(manager.reserve('cid')).rejects.toMatchObject({
      code: 'at_capacity',
      status: 503,
      retryAfterSeconds: 10,
    });
    manager.release(first);
    await manager.reserve('cid');
    expect(manager.status.activeCalls).toBe(2);
  });

  it('refuses a call that finds those there are too late, slots or not, and takes one when they are in time again', async () => {
    const { manager, clock, lateness } = setUp({ maxCalls: 100 });
    lateness.note(clock.nowMs(), 45);
    for (let call = 0; call < 8; call += 1) await manager.reserve(`caller ${call}`);
    await expect(manager.reserve('one more')).rejects.toMatchObject({ code: 'at_capacity', retryAfterSeconds: 10 });
    expect(notReady(testConfig(), manager.status)?.reason).toBe('busy');
    clock.advance(10_000);
    await manager.reserve('one more');
    expect(notReady(testConfig(), manager.status)).toBeUndefined();
  });

  it('gives up a slot that no offer came for within a minute', async () => {
    const { manager, clock } = setUp({ maxCalls: 1 });
    const id = await manager.reserve('ann');
    clock.advance(59_999);
    expect(manager.isReserved(id)).toBe(true);
    clock.advance(1);
    expect(manager.status.activeCalls).toBe(0);
  });

  it('keeps the slot of a call that has begun, for as long as it lasts', async () => {
    const { manager, clock } = setUp({ maxCalls: 1 });
    const id = await manager.reserve('ann');
    manager.begin(id, connecting());
    clock.advance(3_600_000);
    expect(manager.list().map((call) => call.id)).toEqual([id]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes no new call once it drains, keeps its promises, and waits for the rest', async () => {
    const { manager, clock } = setUp({ maxCalls: 3 });
    const live = await manager.reserve('ann');
    manager.begin(live, connecting());
    const promised = await manager.reserve('bob');
    let drained = false;
    void manager.drain(3_600_000).then(() => (drained = true));
    await expect(manager.reserve('cid')).rejects.toMatchObject({ code: 'draining' });
    clock.advance(4_999);
    expect(manager.isReserved(promised)).toBe(true);
    clock.advance(1);
    expect(manager.status.activeCalls).toBe(1);
    await settle();
    expect(drained).toBe(false);
    await manager.end(live, 'caller-left');
    await settle();
    expect(drained).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('names no call that does not exist, or has not begun', async () => {
    const { manager } = setUp({ maxCalls: 1 });
    const id = await manager.reserve('ann');
    expect(refusal(() => manager.get(id))).toMatchObject({ code: 'not_found' });
    expect(refusal(() => manager.get('b'))).toMatchObject({ code: 'not_found' });
  });
});

describe('while the model is down', () => {
  it('a call is refused at once, with a time to come again, and takes no slot', async () => {
    const { manager, model } = setUp();
    model.health = { ok: false, detail: 'throttled', retryAfterMs: 2_400 };
    await expect(manager.reserve('ann')).rejects.toMatchObject({
      code: 'model_down',
      status: 503,
      retryAfterSeconds: 3,
    });
    expect(manager.status.activeCalls).toBe(0);
    model.health = { ok: true };
    manager.release(await manager.reserve('ann'));
  });

  it('the process says that it takes no calls, and why', () => {
    const { manager, model } = setUp();
    const config = testConfig();
    expect(notReady(config, manager.status)).toBeUndefined();
    model.health = { ok: false, detail: 'The model cannot be had (model_throttled).', retryAfterMs: 1_000 };
    expect(notReady(config, manager.status)).toEqual({ reason: 'model_down', detail: model.health.detail });
  });
});

describe('calls in rooms', () => {
  const entrance = { url: 'https://team.daily.co/va-1', token: 'the.caller.token' };
  const health = { ok: true, detail: 'ready' };
  const roomsThat = (open: CallRooms['open']): CallRooms => ({
    open,
    health,
    check: () => Promise.resolve(health),
    close: () => Promise.resolve(),
  });

  it('begin at once, and whoever asked is told where', async () => {
    const { manager } = setUp({ rooms: roomsThat(() => Promise.resolve({ transport: connecting(), entrance })) });
    const started = await manager.start('ann');
    expect(started.entrance).toEqual(entrance);
    expect(manager.get(started.sessionId)).toMatchObject({ state: 'connecting' });
    expect(manager.status.rooms).toEqual(health);
  });

  it.each([
    ['at_capacity', 1],
    ['daily_unavailable', 0],
  ] as const)('hold no slot when there is no room (%s), which is counted once', async (code, recorded) => {
    const rooms = roomsThat(() => Promise.reject(new BotError(code, 'No room.')));
    const { manager, telemetry } = setUp({ rooms });
    await expect(manager.start('ann')).rejects.toMatchObject({ code });
    expect(manager.status.activeCalls).toBe(0);
    expect(telemetry.logged().filter(({ msg }) => msg === 'call refused')).toHaveLength(recorded);
  });

  it('leave a room again that was made for a slot given up meanwhile', async () => {
    const transport = connecting();
    let made: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (made = resolve));
    const { manager, clock } = setUp({ rooms: roomsThat(() => opened.then(() => ({ transport, entrance }))) });
    const started = manager.start('ann');
    await settle();
    clock.advance(60_000);
    made();
    await expect(started).rejects.toMatchObject({ code: 'draining', retryAfterSeconds: 1 });
    expect([transport.closed, manager.status.activeCalls]).toEqual([true, 0]);
  });
});
