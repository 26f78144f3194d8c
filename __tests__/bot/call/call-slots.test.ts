import { notReady } from '../../../bot/http/availability';
import { CallSlots } from '../../../bot/call/call-slots';
import { OPEN_ADMISSION } from '../../../bot/call/admission';
import type { CallDeps } from '../../../bot/call/call-deps';
import type { ModelHealth } from '../../../bot/sonic/speech-model';
import { testConfig } from '../../support/config';
import { FakeClock } from '../../support/fake-clock';
import { ScriptedModel } from '../../support/scripted-model';
import { testTelemetry } from '../../support/telemetry';

/** A model that can be taken away. */
class FailingModel extends ScriptedModel {
  health: ModelHealth = { ok: true };
}

function setUp() {
  const clock = new FakeClock();
  const model = new FailingModel();
  const deps: Pick<CallDeps, 'clock' | 'model' | 'admission' | 'logger' | 'metrics'> = {
    clock,
    model,
    admission: OPEN_ADMISSION,
    ...testTelemetry('silent'),
  };
  const slots = new CallSlots({ deps: deps as CallDeps, maxCalls: 2 });
  return { clock, model, slots };
}

describe('while the model is down', () => {
  it('a call is refused at once, with a time to come again, and takes no place', async () => {
    const { slots, model } = setUp();
    model.health = { ok: false, detail: 'throttled', retryAfterMs: 2_400 };
    await expect(slots.reserve('ann')).rejects.toMatchObject({ code: 'model_down', status: 503, retryAfterSeconds: 3 });
    expect(slots.status.activeCalls).toBe(0);
    model.health = { ok: true };
    slots.release(await slots.reserve('ann'));
  });

  it('the process says that it takes no calls, and why', () => {
    const { slots, model } = setUp();
    const config = testConfig();
    expect(notReady(config, slots.status)).toBeUndefined();
    model.health = { ok: false, detail: 'The model cannot be had (model_throttled).', retryAfterMs: 1_000 };
    expect(notReady(config, slots.status)).toEqual({ reason: 'model_down', detail: model.health.detail });
  });
});
