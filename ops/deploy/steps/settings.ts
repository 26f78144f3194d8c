import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Deployment } from '../deployment';
import type { Step } from '../step';

/** Writes environments/<name>.json where it is not there, or lacks what is known by now. */
export function settingsStep({ draft, file }: Deployment): Step<'settings'> {
  const shown = path.basename(file);
  return {
    id: 'settings',
    after: [],
    expects: '',
    look: () =>
      Promise.resolve(
        draft.changes.length === 0
          ? { is: 'done', text: `${shown} is complete` }
          : { is: 'needed', text: `write into ${shown}: ${draft.changes.join(', ')}` },
      ),
    act: () => {
      mkdirSync(path.dirname(file), { recursive: true });
      // Whatever stops it, the file is the old one or the new one.
      writeFileSync(`${file}.new`, draft.text);
      renameSync(`${file}.new`, file);
      return Promise.resolve({ changed: true, text: `${shown} is written` });
    },
  };
}
