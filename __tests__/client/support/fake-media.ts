/** A microphone track as browsers have it: copies live and die by themselves, and one that was stopped stays so. */
export class FakeTrack extends EventTarget {
  readonly kind = 'audio';
  readonly label: string;
  enabled = true;
  readyState: 'live' | 'ended' = 'live';

  constructor(label: string) {
    super();
    this.label = label;
  }

  clone(): FakeTrack {
    const copy = new FakeTrack(this.label);
    copy.enabled = this.enabled;
    return copy;
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: `id of ${this.label}`, groupId: '' };
  }

  /** By the page; browsers fire no event then. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** By the device. */
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

/** The browser's devices: whoever asks gets a track of the microphone that is plugged in, or the refusal that was set. */
export class FakeDevices {
  readonly opened: FakeTrack[] = [];
  readonly constraints: MediaStreamConstraints[] = [];
  microphone = 'desk';
  refusal: Error | undefined;

  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.constraints.push(constraints);
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    const track = new FakeTrack(this.microphone);
    this.opened.push(track);
    return Promise.resolve({ getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream);
  }
}

/** Makes `devices` the browser's; undefined as on a page that is not secure. Returns how to take them away again. */
export function plugIn(devices: FakeDevices | undefined): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { mediaDevices: devices } });
  return () => {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  };
}
