import { DeviceError, type DeviceErrorType, type PipecatClientOptions, type Tracks } from '@pipecat-ai/client-js';
import type { MediaManager } from '@pipecat-ai/transport-lib';

/** Processing that a telephone does too: the caller may use loudspeakers while the agent talks. */
const CONSTRAINTS: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, channelCount: 1 };

export interface MicrophoneOptions {
  /** Whether the call is to have a microphone. */
  readonly enabled: boolean;
  /** Whether the browser is to make a quiet one louder. */
  readonly autoGain: boolean;
}

export interface MicrophoneEvents {
  /** The device went away and another took its place: the track to send from now on. */
  onReplaced(track: MediaStreamTrack): void;
  /** The device went away, and no other is to be had. */
  onLost(): void;
}

/**
 * The media manager given to the Pipecat transport, for a page that needs the microphone and nothing more.
 *
 * The two that come with the transport do not suit a page served to the public: the default downloads code from a CDN,
 * and WavMediaManager keeps the whole call's audio in memory, needs scripts from blobs allowed, and cannot hang up a
 * call that had no microphone. (small-webrtc-transport 1.10.8)
 */
export class Microphone implements MediaManager {
  readonly supportsScreenShare = false;
  readonly isCamEnabled = false;
  readonly isSharingScreen = false;
  readonly selectedCam = {};
  readonly selectedSpeaker = {};
  readonly #events: MicrophoneEvents;
  readonly #autoGain: boolean;
  #options: PipecatClientOptions | undefined;
  #enabled: boolean;
  #stream: MediaStream | undefined;
  #released = false;
  /** The client knows that there is a microphone. */
  #told = false;
  /** Tracks handed out; the transport stops the one it holds whenever it closes a connection. */
  #copies: MediaStreamTrack[] = [];

  constructor(options: MicrophoneOptions, events: MicrophoneEvents) {
    this.#enabled = options.enabled;
    this.#autoGain = options.autoGain;
    this.#events = events;
  }

  /** What the device hears, for a level meter. */
  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  get isMicEnabled(): boolean {
    return this.#enabled;
  }

  get selectedMic(): MediaDeviceInfo | Record<string, never> {
    const settings = this.#source?.getSettings();
    if (settings === undefined) return {};
    const { deviceId = 'default', groupId = '' } = settings;
    const label = this.#source?.label ?? '';
    return { deviceId, groupId, kind: 'audioinput', label, toJSON: () => ({ deviceId, groupId, label }) };
  }

  setClientOptions(options: PipecatClientOptions, override = false): void {
    if (this.#options !== undefined && !override) return;
    this.#options = options;
    this.#enabled = options.enableMic ?? true;
  }

  /** Asks for the microphone, if the call is to have one. @throws DeviceError with what stood in the way. */
  async initialize(): Promise<void> {
    if (!this.#enabled || this.#isReleased()) return;
    if (this.#stream === undefined) {
      const stream = await openDevice(this.#autoGain).catch((error: unknown) => {
        throw new DeviceError(['mic'], deviceErrorType(error), String(error));
      });
      if (this.#isReleased()) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.#stream = stream;
      this.#watch();
    }
    // Without this report the client would ask for the microphone a second time.
    const device = this.selectedMic;
    if (this.#options === undefined || this.#told || !('deviceId' in device)) return;
    this.#told = true;
    this.#options.callbacks?.onMicUpdated?.(device as MediaDeviceInfo);
  }

  async connect(): Promise<void> {
    await this.initialize();
  }

  /** Releases the device, even if the call never began: the browser's recording indicator must go out. Idempotent. */
  disconnect(): Promise<void> {
    this.#released = true;
    for (const track of [...this.#copies, ...(this.#stream?.getTracks() ?? [])]) track.stop();
    this.#copies = [];
    this.#stream = undefined;
    return Promise.resolve();
  }

  /**
   * A fresh copy each time: after a reconnection the transport stops the track of the old connection, and with it the
   * microphone of the new one if they were the same.
   */
  tracks(): Tracks {
    const copy = this.#copy();
    return { local: copy === undefined ? {} : { audio: copy } };
  }

  enableMic(enable: boolean): void {
    this.#enabled = enable;
    for (const track of [...this.#copies, ...(this.#stream?.getAudioTracks() ?? [])]) track.enabled = enable;
  }

  async getAllMics(): Promise<MediaDeviceInfo[]> {
    return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === 'audioinput');
  }

  getAllCams(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve([]);
  }

  getAllSpeakers(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve([]);
  }

  /* The page offers no choice of devices: the system's default is used, and followed. */
  updateMic(): void {}
  updateCam(): void {}
  updateSpeaker(): void {}
  enableCam(): void {}
  enableScreenShare(): void {}

  get #source(): MediaStreamTrack | undefined {
    return this.#stream?.getAudioTracks()[0];
  }

  #isReleased(): boolean {
    return this.#released;
  }

  #copy(): MediaStreamTrack | undefined {
    const copy = this.#source?.clone();
    if (copy === undefined) return undefined;
    copy.enabled = this.#enabled;
    this.#copies = [...this.#copies.filter((track) => track.readyState === 'live'), copy];
    return copy;
  }

  /** A headset that is unplugged ends its track; the call goes on with the next best microphone. */
  #watch(): void {
    const source = this.#source;
    source?.addEventListener('ended', () => {
      if (this.#source !== source) return;
      void openDevice(this.#autoGain).then(
        (stream) => {
          if (this.#source !== source) {
            for (const track of stream.getTracks()) track.stop();
            return;
          }
          this.#stream = stream;
          this.#watch();
          const copy = this.#copy();
          if (copy !== undefined) this.#events.onReplaced(copy);
        },
        () => this.#events.onLost(),
      );
    });
  }
}

function openDevice(autoGainControl: boolean): Promise<MediaStream> {
  // Undefined on pages that are not secure, whatever its type says.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return Promise.reject(new TypeError('no media devices'));
  return devices.getUserMedia({ audio: { ...CONSTRAINTS, autoGainControl } });
}

/** Source: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
function deviceErrorType(error: unknown): DeviceErrorType {
  if (error instanceof TypeError) return 'undefined-mediadevices';
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permissions';
    case 'NotFoundError':
      return 'not-found';
    case 'OverconstrainedError':
      return 'constraints';
    case 'NotReadableError':
    case 'AbortError':
      return 'in-use';
    default:
      return 'unknown';
  }
}
