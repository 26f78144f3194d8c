import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeWav } from '../../speech';
import type { DemoCall } from './call';
import { reportPage } from './call-report/page';
import { verdict, type Verdict } from './machine';
import { figureText, isRight } from './measure';
import { EXIT_MACHINE_BUSY, type DemoOptions } from './options';

/** Of the files of a call. */
const PREFIXES: Readonly<Record<DemoCall['way'], string>> = { WebRTC: '', Daily: 'daily-', telephone: 'phone-' };
const EXIT_CODES: Readonly<Record<Verdict, number>> = { right: 0, wrong: 1, 'machine-was-busy': EXIT_MACHINE_BUSY };
const CONCLUSIONS: Readonly<Record<Verdict, (stalledMs: number) => string>> = {
  right: () => 'All right.',
  wrong: () => 'Something is wrong: see the lines marked !!',
  'machine-was-busy': (stalledMs) =>
    `This machine was busy: it kept the bot, or a thread that does nothing, waiting for ${Math.round(stalledMs)} ms, which ` +
    'accounts for the lines marked !! Try again when it has less to do.',
};

/** Judges the call, prints its figures, and writes what was heard and the report. */
export function conclude(
  call: DemoCall,
  stalledMs: number,
  { recordings, json }: DemoOptions,
): { readonly code: number; readonly reportFile: string } {
  const { figures, heard, modelHeard } = call;
  const inFolder = (name: string): string => path.join(recordings, `${PREFIXES[call.way]}${name}`);
  const files = [inFolder('caller-heard.wav')];
  writeWav(inFolder('caller-heard.wav'), { rateHz: heard.rateHz, samples: heard.pcm });
  if (modelHeard !== undefined) {
    files.push(inFolder('model-heard.wav'));
    writeWav(inFolder('model-heard.wav'), { rateHz: 16_000, samples: modelHeard });
  }
  const judged = verdict(figures, stalledMs);
  const conclusion = CONCLUSIONS[judged](stalledMs);
  const reportFile = inFolder('call.html');
  writeFileSync(reportFile, reportPage(call, conclusion));
  console.log('\nFigures\n');
  for (const figure of figures) {
    const { name } = figure;
    const { value, bound } = figureText(figure);
    console.log(`${isRight(figure) ? '  ' : '!!'} ${name.padEnd(52)} ${value.padStart(9)}   (${bound})`);
  }
  console.log(`\nListen: ${files.join(', ')}`);
  if (json) console.log(JSON.stringify({ right: judged === 'right', verdict: judged, stalledMs, figures }));
  console.log(`\n${conclusion}`);
  return { code: EXIT_CODES[judged], reportFile };
}
