import { VoiceActivity, type VoiceEvent } from '../../../../testbed/fakes/bedrock/vad';

const RATE = 16_000;

function noise(ms: number, amplitude: number): Int16Array {
  return Int16Array.from({ length: ms * 16 }, (_, i) =>
    Math.round(amplitude * Math.sin(i * 0.7) * Math.cos(i * 0.011)),
  );
}

function join(...parts: Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

/** Pushes in pieces of 32 ms, as callers do. */
function listen(pcm: Int16Array, endpointMs = 800): VoiceEvent[] {
  const voice = new VoiceActivity({ endpointMs });
  const events: VoiceEvent[] = [];
  for (let at = 0; at < pcm.length; at += 512) events.push(...voice.push(pcm.subarray(at, at + 512)));
  return events;
}

const silence = (ms: number): Int16Array => new Int16Array(ms * 16);

describe('voice activity', () => {
  it('finds one utterance, from a little before its onset to its last loud moment', () => {
    const events = listen(join(silence(1000), noise(600, 6000), silence(1000)));
    expect(events.map((event) => event.kind)).toEqual(['started', 'ended']);
    const [, ended] = events;
    if (ended?.kind !== 'ended') throw new Error('no end');
    expect(ended.startSample).toBe((1000 - 200) * 16);
    expect(Math.abs(ended.endSample - 1600 * 16)).toBeLessThanOrEqual(0.02 * RATE);
  });

  it('says that speech has begun within 60 ms', () => {
    const voice = new VoiceActivity({ endpointMs: 800 });
    voice.push(silence(500));
    expect(voice.push(noise(60, 6000)).map((event) => event.kind)).toEqual(['started']);
    expect(voice.speaking).toBe(true);
  });

  it('takes a pause shorter than the endpoint as part of the turn, a longer one as its end', () => {
    const twice = (pauseMs: number): Int16Array =>
      join(noise(400, 6000), silence(pauseMs), noise(400, 6000), silence(2000));
    expect(listen(twice(700)).filter((event) => event.kind === 'ended')).toHaveLength(1);
    expect(listen(twice(900)).filter((event) => event.kind === 'ended')).toHaveLength(2);
    expect(listen(twice(900), 1200).filter((event) => event.kind === 'ended')).toHaveLength(1);
  });

  it('is not woken by a click, by hiss, or by silence', () => {
    expect(listen(join(silence(300), noise(20, 20_000), silence(1000)))).toEqual([]);
    expect(listen(noise(3000, 100))).toEqual([]);
    expect(listen(silence(3000))).toEqual([]);
  });

  it('ends no turn without audio that shows the pause', () => {
    expect(listen(join(noise(600, 6000), silence(700))).map((event) => event.kind)).toEqual(['started']);
  });

  it('counts time in samples, whatever the size of the pieces', () => {
    const pcm = join(silence(333), noise(777, 6000), silence(1111));
    const whole = new VoiceActivity({ endpointMs: 800 }).push(pcm);
    expect(listen(pcm)).toEqual(whole);
  });
});
