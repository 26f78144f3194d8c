/* A page of bare daily-js call objects, which `benchDailyFloor` opens on both sides of a call. */
import Daily from '@daily-co/daily-js';

/** Joins a room with a tone for a voice, and plays whoever is there. */
async function join(url: string, bundleUrl: string): Promise<void> {
  const context = new AudioContext();
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
