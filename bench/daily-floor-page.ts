/* A page of bare daily-js call objects, which `benchDailyFloor` opens on both sides of a call. */
import Daily from '@daily-co/daily-js';
import type { FloorSound } from './daily-floor';

let shared: AudioContext | undefined;

/** One for all calls, that works in large pieces and for no device, as the bot's page has it. */
function sharedContext(): AudioContext {
  const options = { sampleRate: 24_000, latencyHint: 0.04, sinkId: { type: 'none' } };
  return (shared ??= new AudioContext(options));
}

/** Joins a room with a tone for a voice, and plays whoever is there; shared sound is not played aloud. */
async function join(url: string, bundleUrl: string, sound: FloorSound): Promise<void> {
  const context = sound === 'shared' ? sharedContext() : new AudioContext();
  const destination = context.createMediaStreamDestination();
  const tone = context.createOscillator();
  tone.connect(destination);
  tone.start();
  const [track] = destination.stream.getAudioTracks();
  const call = Daily.createCallObject({
    allowMultipleCallInstances: true,
    ...(track === undefined ? {} : { audioSource: track }),
    videoSource: false,
    startVideoOff: true,
    dailyConfig: { avoidEval: true, useDevicePreferenceCookies: false, bundlePathOverride: bundleUrl },
  });
  call.on('track-started', ({ participant, track: heard }) => {
    if (participant?.local !== false) return;
    const audio = new Audio();
    audio.muted = sound === 'shared';
    audio.srcObject = new MediaStream([heard]);
    void audio.play();
    playing.push(audio);
  });
  await call.load();
  await call.join({ url });
}

/** What nobody holds is not played on. */
const playing: HTMLAudioElement[] = [];

Object.assign(globalThis, { joinBare: join, heardIn: () => playing.length });
