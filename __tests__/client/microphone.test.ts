import type { PipecatClientOptions } from '@pipecat-ai/client-js';
import { Microphone } from '../../client/microphone';
import { FakeDevices, plugIn, type FakeTrack } from './support/fake-media';

let devices: FakeDevices;
let unplug: () => void;

beforeEach(() => {
  devices = new FakeDevices();
  unplug = plugIn(devices);
});

afterEach(() => unplug());

/** A microphone of a client, and what the client is told. */
function microphone(
  enableMic = true,
  autoGain = false,
): {
  mic: Microphone;
  lost: string[];
  updated: string[];
  replaced: FakeTrack[];
} {
  const lost: string[] = [];
  const updated: string[] = [];
  const replaced: FakeTrack[] = [];
  const mic = new Microphone(
    { enabled: enableMic, autoGain },
    {
      onReplaced: (track) => replaced.push(track as unknown as FakeTrack),
      onLost: () => lost.push('lost'),
    },
  );
  const callbacks = {
    onMicUpdated: (device: MediaDeviceInfo) => updated.push(device.label),
  };
  mic.setClientOptions({ enableMic, callbacks } as unknown as PipecatClientOptions);
  return { mic, lost, updated, replaced };
}

function sent(mic: Microphone): FakeTrack {
  const { audio } = mic.tracks().local;
  if (audio === undefined) throw new Error('no track');
  return audio as unknown as FakeTrack;
}

describe('the microphone', () => {
  it('B3: is asked for once a call, with the processing of a telephone, louder only if that is wanted', async () => {
    const { mic, updated } = microphone();

    await mic.initialize();
    await mic.connect();

    expect(devices.constraints).toEqual([
      { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: false, channelCount: 1 } },
    ]);
    expect(updated).toEqual(['desk']);

    await microphone(true, true).mic.initialize();
    expect(devices.constraints[1]).toMatchObject({ audio: { autoGainControl: true } });
  });

  it('is not asked for in a call without one', async () => {
    const { mic } = microphone(false);

    await mic.initialize();
    await mic.connect();

    expect(devices.constraints).toEqual([]);
    expect(mic.tracks()).toEqual({ local: {} });
    await expect(mic.disconnect()).resolves.toBeUndefined();
  });

  // The transport stops the track of the old connection after it has given the same one to the new connection.
  it('is still heard after a reconnection', async () => {
    const { mic } = microphone();
    await mic.initialize();
    const before = sent(mic);

    const after = sent(mic);
    before.stop();

    expect(after.readyState).toBe('live');
  });

  it('is muted in every connection, also in one made later', async () => {
    const { mic } = microphone();
    await mic.initialize();
    const first = sent(mic);

    mic.enableMic(false);

    expect([first.enabled, sent(mic).enabled, mic.isMicEnabled]).toEqual([false, false, false]);
    mic.enableMic(true);
    expect([first.enabled, sent(mic).enabled, mic.isMicEnabled]).toEqual([true, true, true]);
  });

  it('is let go of at the end, every copy of it', async () => {
    const { mic } = microphone();
    await mic.initialize();
    const copies = [sent(mic), sent(mic)];

    await mic.disconnect();
    await mic.disconnect();

    expect([...devices.opened, ...copies].map((track) => track.readyState)).toEqual(['ended', 'ended', 'ended']);
    expect(mic.tracks()).toEqual({ local: {} });
  });

  it('is not kept when it is had after the call was cancelled', async () => {
    const { mic } = microphone();
    const asked = mic.initialize();

    await mic.disconnect();
    await asked;

    expect(devices.opened.map((track) => track.readyState)).toEqual(['ended']);
    expect(mic.stream).toBeUndefined();
  });

  it('that is unplugged is replaced by the next one, muted if it was', async () => {
    const { mic, replaced, lost } = microphone();
    await mic.initialize();
    mic.enableMic(false);
    devices.microphone = 'headset';

    devices.opened[0]?.unplug();
    await Promise.resolve();
    await Promise.resolve();

    expect(replaced.map(({ label, enabled }) => ({ label, enabled }))).toEqual([{ label: 'headset', enabled: false }]);
    expect(lost).toEqual([]);
  });

  it('that is unplugged for good is reported, and the call goes on', async () => {
    const { mic, replaced, lost } = microphone();
    await mic.initialize();
    devices.refusal = new DOMException('gone', 'NotFoundError');

    devices.opened[0]?.unplug();
    await new Promise((resolve) => setImmediate(resolve));

    expect(lost).toEqual(['lost']);
    expect(replaced).toEqual([]);
  });

  it.each([
    [new DOMException('', 'NotAllowedError'), 'permissions'],
    [new DOMException('', 'SecurityError'), 'permissions'],
    [new DOMException('', 'NotFoundError'), 'not-found'],
    [new DOMException('', 'OverconstrainedError'), 'constraints'],
    [new DOMException('', 'NotReadableError'), 'in-use'],
    [new DOMException('', 'AbortError'), 'in-use'],
    [new DOMException('', 'InvalidStateError'), 'unknown'],
  ])('says what stood in its way: %s', async (refusal, type) => {
    const { mic } = microphone();
    devices.refusal = refusal;

    await expect(mic.initialize()).rejects.toMatchObject({ type, devices: ['mic'] });
  });

  it('cannot be had on a page that is not secure', async () => {
    unplug();
    unplug = plugIn(undefined);

    await expect(microphone().mic.initialize()).rejects.toMatchObject({ type: 'undefined-mediadevices' });
  });
});
