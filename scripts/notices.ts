/** Makes bot/call/notices/*.wav from the words in bot/call/notices.ts, and the waiting sound: `npm run notices`, after a change of either. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { NOTICES } from '../bot/call';
import { softSound } from './soft-sound';
import { EspeakSynthesiser, SPEECH_HZ, writeWav } from '../testbed/speech';

async function main(): Promise<void> {
  const folder = path.join(__dirname, '../bot/call/notices');
  mkdirSync(folder, { recursive: true });
  writeWav(path.join(folder, 'waiting.wav'), { rateHz: SPEECH_HZ, samples: softSound() });
  const synthesiser = new EspeakSynthesiser();
  try {
    for (const [name, words] of Object.entries(NOTICES)) {
      const samples = await synthesiser.synthesise(words, 'tiffany');
      writeWav(path.join(folder, `${name}.wav`), { rateHz: SPEECH_HZ, samples });
      console.log(`${name}: ${(samples.length / SPEECH_HZ).toFixed(1)} s`);
    }
  } finally {
    await synthesiser.close();
  }
}

void main();
