/** A target of the Dockerfile, and what it may weigh: unpacked, and as layers that are pushed, by zstd. */
export interface Target {
  readonly name: 'bot' | 'bot-webrtc';
  readonly transport: 'daily' | 'webrtc';
  readonly mostBytes: number;
  readonly mostPackedBytes: number;
}

export const TARGETS: readonly Target[] = [
  { name: 'bot-webrtc', transport: 'webrtc', mostBytes: 200e6, mostPackedBytes: 75e6 },
  { name: 'bot', transport: 'daily', mostBytes: 430e6, mostPackedBytes: 160e6 },
];
