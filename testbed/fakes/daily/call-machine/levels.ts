/* Daily reports levels ten times a second; clients only draw them. The sandbox reports silence, so that they come. */

const EVERY_MS = 1_000;

export class LevelObserver {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(emit: (action: string, fields: object) => void) {
    this.#timer = setInterval(() => {
      emit('local-audio-level', { audioLevel: 0 });
      emit('remote-participants-audio-level', { participantsAudioLevel: {} });
    }, EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
