// Runs the speech synthesiser off the main thread: a sentence takes up to 120 ms, which would be heard as a gap in
// every other session. Plain JavaScript, because a worker thread is loaded by Node itself.
import { parentPort } from 'node:worker_threads';
import loadEspeak from '@echogarden/espeak-ng-emscripten';

const ready = loadEspeak().then((espeak) => ({ espeak, worker: new espeak.eSpeakNGWorker() }));

parentPort.on('message', ({ id, text, language, pitch, wordsPerMinute }) => {
  ready
    .then(({ worker }) => {
      worker.set_voice(language);
      worker.set_pitch(pitch);
      worker.set_rate(wordsPerMinute);
      const pieces = [];
      worker.synthesize(text, (audio) => {
        if (audio && audio.length > 0) pieces.push(audio);
        return false;
      });
      const samples = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        samples.set(piece, at);
        at += piece.length;
      }
      parentPort.postMessage({ id, rateHz: worker.get_samplerate(), samples }, [samples.buffer]);
    })
    .catch((error) => parentPort.postMessage({ id, error: String(error) }));
});
