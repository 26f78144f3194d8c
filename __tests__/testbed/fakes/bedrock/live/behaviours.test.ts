import {
  DIALECTS,
  DOCUMENTED,
  LIVE,
  SWITCHES,
  SWITCH_NAMES,
  differences,
  parseSwitch,
} from '../../../../../testbed/fakes/bedrock/behaviours';
import { cutBySpeech } from '../../../../../testbed/fakes/bedrock/cut';
import { drawMixture } from '../../../../../testbed/fakes/bedrock/mixture';
import { PACES, allowanceMs } from '../../../../../testbed/fakes/bedrock/pace';
import { SCRIPTS, behavioursOf, isScriptName } from '../../../../../testbed/fakes/bedrock/scripts';
import { startFakeBedrock } from '../../../../../testbed/fakes/bedrock/server';
import { SonicClient } from '../../../../../testbed/clients/bedrock/sonic-client';

describe('behaviours', () => {
  it('have the live default first, and both dialects hold only values that there are', () => {
    expect(differences(LIVE, LIVE)).toEqual({});
    for (const dialect of Object.values(DIALECTS))
      for (const name of SWITCH_NAMES) expect(SWITCHES[name]).toContain(dialect[name]);
    expect(differences(DOCUMENTED, LIVE)).toMatchObject({ completion: 'turn', speechEvents: 'missing' });
  });

  it('are read from name=value', () => {
    expect(parseSwitch('bargeIn=C')).toEqual({ bargeIn: 'C' });
    expect(() => parseSwitch('bargeIn=Z')).toThrow('bargeIn is one of B, A, C, D, F');
    expect(() => parseSwitch('barge=A')).toThrow(/^No behaviour barge; there are rules, /);
  });

  it('are composed of scripts, the later ones winning', () => {
    expect(behavioursOf(['barge-a', 'late-finals', 'barge-d'])).toEqual({
      bargeIn: 'D',
      cutBlock: 'ends',
      finals: 'late',
    });
    expect(isScriptName('barge-a')).toBe(true);
    expect(isScriptName('barge-z')).toBe(false);
    for (const { behaviours } of Object.values(SCRIPTS))
      for (const [name, value] of Object.entries(behaviours)) expect(parseSwitch(`${name}=${value}`)).toBeDefined();
  });

  it('decide how an answer is cut', () => {
    const markers = (['A', 'B', 'C', 'D', 'F'] as const).filter((bargeIn) => cutBySpeech({ ...LIVE, bargeIn }).marker);
    expect(markers).toEqual(['B', 'C']);
    expect(cutBySpeech({ ...LIVE, bargeIn: 'A' }).stopReason).toBe('PARTIAL_TURN');
  });
});

describe('mixtures', () => {
  it('are the same for the same seed and session, and differ for others', () => {
    expect(drawMixture(7, 3)).toEqual(drawMixture(7, 3));
    const all = Array.from({ length: 20 }, (_, nth) => JSON.stringify(drawMixture(7, nth)));
    expect(new Set(all).size).toBe(20);
    expect(drawMixture(8)).not.toEqual(drawMixture(7));
  });

  it('are live, leave no live variant out, and are never mute', () => {
    const drawn = Array.from({ length: 400 }, (_, seed) => drawMixture(seed));
    expect(new Set(drawn.map(({ rules, pace }) => `${rules} ${pace}`))).toEqual(new Set(['live live']));
    expect(new Set(drawn.map(({ bargeIn }) => bargeIn)).size).toBe(5);
    expect(new Set(drawn.map(({ finals }) => finals)).size).toBe(5);
    const troubles = new Set(drawn.map(({ trouble }) => trouble));
    expect(troubles.size).toBe(SWITCHES.trouble.length - 1);
    expect(troubles).not.toContain('mute');
    expect(drawn.filter(({ trouble }) => trouble === 'none').length).toBeGreaterThan(300);
  });

  it('are drawn for each session of a stand-in, which tells what they are', async () => {
    const sandbox = await startFakeBedrock({ voice: 'tone', mix: 5, behaviours: { trouble: 'none' } });
    const clients = [0, 1].map(() => new SonicClient({ url: sandbox.url }).openFed());
    await sandbox.waitForSession(() => sandbox.sessions.length === 2);
    expect(sandbox.sessions.map(({ behaviours }) => behaviours)).toEqual(
      [0, 1].map((nth) => ({ ...drawMixture(5, nth), trouble: 'none' })),
    );
    clients.forEach((client) => client.abort());
    await sandbox.close();
  });
});

describe('the live pace', () => {
  it('is about five times real time, in pieces of 80 to 200 ms and with gaps up to 0.4 s', () => {
    const { live } = PACES;
    const perSecond = (allowanceMs(live, 10_000) - allowanceMs(live, 0)) / 10;
    expect(perSecond).toBeGreaterThan(4700);
    expect(perSecond).toBeLessThanOrEqual(5000);
    expect(Math.max(...live.gapsMs)).toBe(400);
    expect([Math.min(...live.piecesMs), Math.max(...live.piecesMs)]).toEqual([80, 200]);
    expect(allowanceMs(live, 300)).toBe(allowanceMs(live, 670));
  });

  it('detects the end of speech within 400 to 600 ms', () => {
    expect(PACES.live.endpointMs).toEqual({ HIGH: 400, MEDIUM: 480, LOW: 600 });
  });
});
