import { TaskAdmission } from '../../../bot/call/task-admission';
import { UnansweredStarts } from '../../../bot/call/unanswered-starts';
import { CostLimits, MemoryLedger } from '../../../bot/usage-limits';
import { FakeClock, settle } from '../../support/fake-clock';
import { testTelemetry } from '../../support/telemetry';
import { setup } from './support/call-setup';

function admit({ maxUnansweredStarts = 3, calls = 1 } = {}) {
  const limits = { callsPerCaller: undefined, calls, minutes: undefined, tokens: undefined, dollars: undefined };
  const ledger = new MemoryLedger(limits);
  const costs = new CostLimits({ ledger, limits, clock: new FakeClock(), telemetry: testTelemetry() });
  return new TaskAdmission({ unanswered: new UnansweredStarts(maxUnansweredStarts), costs, task: undefined });
}

describe('admission', () => {
  it('P4: a caller may have three calls started and be in none; others are not concerned', async () => {
    const admission = admit({ calls: 100 });
    for (const id of ['a', 'b', 'c']) await admission.admit(id, 'at 192.0.2.1');
    await expect(admission.admit('d', 'at 192.0.2.1')).rejects.toMatchObject({
      code: 'too_many_unanswered',
      status: 429,
      retryAfterSeconds: 10,
      message: 'You have started 3 calls and are in none of them yet. Please try again in a moment.',
    });
    await admission.admit('e', 'at 192.0.2.2');
    admission.begun('a');
    await admission.admit('f', 'at 192.0.2.1');
    admission.released('b');
    await admission.admit('g', 'at 192.0.2.1');
    await expect(admission.admit('h', 'at 192.0.2.1')).rejects.toMatchObject({ code: 'too_many_unanswered' });
  });

  it('P3: a call counts for the day once its caller is connected and its model open, and not before', async () => {
    const admission = admit({ calls: 1 });
    const never = setup({}, { admission });
    await admission.admit(never.call.id, 'ann');
    void never.call.start();
    await settle();
    never.transport.failToConnect();
    await never.call.ended;
    admission.released(never.call.id);
    await settle();
    const real = setup({}, { admission });
    await admission.admit(real.call.id, 'bob');
    void real.call.start();
    real.transport.connect();
    await settle();
    await real.call.close('operator');
    admission.released(real.call.id);
    await settle();
    await expect(admission.admit('next', 'cem')).rejects.toMatchObject({ code: 'day_quota_reached' });
  });
});
