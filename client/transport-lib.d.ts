/**
 * The types of @pipecat-ai/small-webrtc-transport 1.10.8 refer to this package, which is bundled into the transport
 * and not published; without these few lines its media managers would have no type. Source: the transport's source map.
 */
declare module '@pipecat-ai/transport-lib' {
  import type { PipecatClientOptions, Tracks } from '@pipecat-ai/client-js';

  /** What the transport asks of whoever owns the microphone and the camera. */
  export interface MediaManager {
    readonly supportsScreenShare: boolean;
    readonly isMicEnabled: boolean;
    readonly isCamEnabled: boolean;
    readonly isSharingScreen: boolean;
    readonly selectedMic: MediaDeviceInfo | Record<string, never>;
    readonly selectedCam: MediaDeviceInfo | Record<string, never>;
    readonly selectedSpeaker: MediaDeviceInfo | Record<string, never>;
    setClientOptions(options: PipecatClientOptions, override?: boolean): void;
    initialize(): Promise<void>;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    tracks(): Tracks;
    getAllMics(): Promise<MediaDeviceInfo[]>;
    getAllCams(): Promise<MediaDeviceInfo[]>;
    getAllSpeakers(): Promise<MediaDeviceInfo[]>;
    updateMic(micId: string): void;
    updateCam(camId: string): void;
    updateSpeaker(speakerId: string): void;
    enableMic(enable: boolean): void;
    enableCam(enable: boolean): void;
    enableScreenShare(enable: boolean): void;
  }

  /** Uses WebAudio alone; it takes no camera. */
  export const WavMediaManager: new () => MediaManager;

  /** The default; it downloads Daily's call machine from a CDN. */
  export const DailyMediaManager: new () => MediaManager;
}
