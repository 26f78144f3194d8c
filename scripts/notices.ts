/**
 * Makes bot/notices/spoken/<language>/*.opus from the words in contract/languages/, and the waiting sound: `npm run notices`,
 * after a change of either. With a language, as in `npm run notices -- de`, only its.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeOpusFile } from '../bot/notices';
import { ALL_SPEECH } from '../contract/languages/speech';
import { DEFAULT_MODEL_ID, languagesOf, voicesOf } from '../contract/models';
import { primaryLanguage } from '../contract/language';
import { EspeakSynthesiser, SPEECH_HZ, writeWav } from '../testbed/speech';
import { softSound } from './soft-sound';

const FOLDER = path.join(__dirname, '../bot/notices/spoken');

/** The voice that speaks a language and no other, in eSpeak's imitation; English has always been tiffany's. */
function voiceOf(language: string): string {
  if (language === 'en') return 'tiffany';
  const tag = languagesOf(DEFAULT_MODEL_ID).find((one) => primaryLanguage(one) === language) ?? 'en-US';
  return voicesOf(DEFAULT_MODEL_ID, tag)[0] ?? 'tiffany';
}

async function main(): Promise<void> {
  const [, , only] = process.argv;
  mkdirSync(FOLDER, { recursive: true });
  writeWav(path.join(FOLDER, 'waiting.wav'), { rateHz: SPEECH_HZ, samples: softSound() });
  const synthesiser = new EspeakSynthesiser();
  try {
    for (const [language, { notices }] of Object.entries(ALL_SPEECH)) {
      if (only !== undefined && only !== language) continue;
      mkdirSync(path.join(FOLDER, language), { recursive: true });
      for (const [name, words] of Object.entries(notices)) {
        const samples = await synthesiser.synthesise(words, voiceOf(language));
        const file = await encodeOpusFile(samples);
        writeFileSync(path.join(FOLDER, language, `${name}.opus`), file);
        console.log(`${language} ${name}: ${(samples.length / SPEECH_HZ).toFixed(1)} s, ${file.length} bytes`);
      }
    }
  } finally {
    await synthesiser.close();
  }
}

void main();
