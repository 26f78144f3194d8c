import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EVENTS } from '../../../evals/scenario/expectation';
import { scenarioSchema, scenariosOfAgent, type Script } from '../../../evals/scenario';
import { ScenarioError } from '../../../evals/scenario/problem';
import { readScenarios } from '../../../evals/scenario/scenario';
import { encodeWav } from '../../../testbed/speech';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scenarios-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(text: string | Buffer, name = 'booking.yaml'): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** What is wrong with a file, without the folder's name. */
function problems(text: string | Buffer): string[] {
  try {
    readScenarios(written(text));
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems.map((line) => line.replace(`${folder}/`, ''));
    throw error;
  }
  return [];
}

const ONE = (turn: string): string => `name: booking\nscenarios:\n  - name: one\n    turns:\n      - ${turn}\n`;

describe('a scenario file', () => {
  it("of Pipecat's documentation is read, with every key", () => {
    const [scripted, simulated, included] = readScenarios(path.join(__dirname, 'fixtures/all-keys.yaml'));
    expect(scripted).toMatchObject({ kind: 'script', id: 'all_keys/scripted', user: { modality: 'audio' } });
    const { turns } = scripted as Script;
    expect(turns.map(({ dtmf }) => dtmf)).toEqual([undefined, undefined, '012', undefined, undefined, undefined]);
    expect(turns[3]).toMatchObject({
      user: 'So last week I went to Spain with my family.',
      parts: ['So last week I went to', { pause_ms: 2000 }, 'Spain with my family.'],
    });
    expect(turns[1]?.send_after).toEqual({ event: 'bot_started_speaking', delay_ms: 400 });
    expect(turns[1]?.expect.map(({ event }) => event)).toEqual([
      'bot_interrupted',
      'function_call',
      'function_call',
      'function_call_stopped',
      'response',
      'llm_marker',
      'user_transcription',
    ]);
    expect(simulated).toMatchObject({ kind: 'simulation', id: 'all_keys/simulated', runs: 3, stop_on_failure: true });
    expect(included).toMatchObject({ turns: [{ expect: [{ event: 'response', text_contains: 'Hello' }] }] });
  });

  it('gives its scenarios what stands at its top, the whole value of a key', () => {
    const file = written(
      'name: booking\nuser: { modality: audio }\nnova: { variables: { clinic: A } }\n' +
        'scenarios:\n  - { name: a, turns: [{ user: Hi }] }\n  - { name: b, nova: { transport: phone }, turns: [{ user: Hi }] }\n',
    );
    expect(readScenarios(file)).toMatchObject([
      { name: 'a', user: { modality: 'audio' }, nova: { variables: { clinic: 'A' } } },
      { name: 'b', user: { modality: 'audio' }, nova: { transport: 'phone' } },
    ]);
    expect(readScenarios(file)[1]?.nova).not.toHaveProperty('variables');
  });

  it('of the old form has its turns at the top', () => {
    expect(readScenarios(written('turns: [{ user: Hi }]\n', 'hello.yaml'))).toMatchObject([
      { id: 'hello', kind: 'script' },
    ]);
  });

  it.each([
    [
      'an unknown key, with the line and what was probably meant',
      ONE('{ user: Hi, expects: [] }'),
      'booking.yaml:5: scenarios.0.turns.0.expects: is no key of turns.0; did you mean expect?',
    ],
    [
      'a word in place of a number',
      ONE('{ expect: [{ event: response, within_ms: soon }] }'),
      'booking.yaml:5: scenarios.0.turns.0.expect.0.within_ms: Invalid input: expected number, received string',
    ],
    [
      'absent with a text',
      ONE('{ expect: [{ event: response, absent: true, text_contains: x }] }'),
      'booking.yaml:5: scenarios.0.turns.0.expect.0: absent takes only event and within_ms',
    ],
    [
      'a key that stands elsewhere',
      ONE('{ user: Hi, within_ms: 10 }'),
      'booking.yaml:5: scenarios.0.turns.0.within_ms: is no key of turns.0; it stands elsewhere',
    ],
    [
      'a marker of what has none',
      ONE('{ expect: [{ event: response, markers: 1 }] }'),
      'booking.yaml:5: scenarios.0.turns.0.expect.0: markers is for llm_marker, not response',
    ],
    [
      'absent that looks back',
      ONE('{ expect: [{ event: response, absent: true, check_from: turn_start }] }'),
      'booking.yaml:5: scenarios.0.turns.0.expect.0: absent takes only event and within_ms',
    ],
    [
      "an unknown key of a caller's line",
      'scenarios:\n  - { name: a, turns: [{}], nova: { caller: { noise_bd: -40 } } }\n',
      'booking.yaml:2: scenarios.0.nova.caller.noise_bd: is no key of caller; did you mean noise_db?',
    ],
    [
      'a turned sign',
      'scenarios:\n  - { name: a, turns: [{}], nova: { caller: { noise_db: 40 } } }\n',
      'booking.yaml:2: scenarios.0.nova.caller.noise_db: Too big: expected number to be <=-20',
    ],
    [
      'turns and a persona',
      'scenarios:\n  - { name: a, persona: x, success: y, turns: [{ user: Hi }] }\n',
      'booking.yaml:2: a: has turns and a persona: one of the two makes a scenario',
    ],
    [
      'a persona that wants nothing',
      'scenarios:\n  - { name: a, persona: x, success: y }\n',
      'booking.yaml:2: a: a persona needs a goal: what it wants of the call',
    ],
    [
      'a persona whose success nobody knows',
      'scenarios:\n  - { name: a, persona: x, goal: y }\n',
      'booking.yaml:2: a: a persona needs success: what must be true at the end',
    ],
    [
      'a score above all replies',
      'metrics: [{ name: a, criterion: b, min_score: 4 }]\n',
      'booking.yaml:1: metrics.0.min_score: Too big: expected number to be <=1',
    ],
    [
      'a measure without a limit',
      'metrics: [{ measure: words }]\n',
      'booking.yaml:1: metrics.0: words needs min_value or max_value',
    ],
    [
      'a range of calls',
      'metrics: [{ measure: function_calls, max_value: 2 }]\n',
      'booking.yaml:1: metrics.0: function_calls takes calls, [] for none, and no range',
    ],
    [
      'a metric twice',
      'metrics: [{ measure: words, max_value: 2 }, { name: words, criterion: x }]\n',
      'booking.yaml:1: metrics: has words twice',
    ],
    [
      'a name twice',
      'scenarios:\n  - { name: a, turns: [{}] }\n  - { name: a, turns: [{}] }\n',
      'booking.yaml:3: scenarios.1.name: a is there already',
    ],
    [
      'broken YAML',
      'name: [\n',
      'booking.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a key twice', 'name: a\nname: b\n', 'booking.yaml:2: Map keys must be unique'],
    ['an unknown tag', 'name: !!js/function x\n', 'booking.yaml:1: the tag tag:yaml.org,2002:js/function is not known'],
    ['nothing', '', 'booking.yaml:1: the file: Invalid input: expected object, received undefined'],
  ])('says where: %s', (_, text, problem) => {
    expect(problems(text)).toContain(problem);
  });

  it('an event that is none is told with all there are', () => {
    expect(problems(ONE('{ expect: [{ event: respond }] }'))[0]).toContain(
      EVENTS.slice(0, 3)
        .map((name) => `"${name}"`)
        .join('|'),
    );
  });
});

describe('a hostile scenario file', () => {
  it('whose anchors have no end is refused', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(', ')}]`,
    );
    expect(problems(['a0: &a0 [x]', ...levels].join('\n'))).toEqual([
      expect.stringContaining('more than 20000 values, aliases counted each time'),
    ]);
    expect(problems('a: &a\n  b: *a\n')).toEqual([expect.stringContaining('more than 40 levels deep')]);
  });

  it('of 10 MB is not read', () => {
    expect(problems('#'.repeat(10_000_000))).toEqual(['booking.yaml:1: is larger than 256 KB']);
  });

  it.each(['../../etc/passwd', '/etc/passwd', '../outside.yaml', 'link.yaml', ''])('does not include %j', (name) => {
    symlinkSync('/etc/hostname', path.join(folder, 'link.yaml'));
    expect(problems(ONE(`!include ${JSON.stringify(name)}`))).toEqual([
      expect.stringMatching(/^booking\.yaml:5: !include /),
    ]);
  });

  it('that includes itself is refused', () => {
    expect(problems('scenarios: !include booking.yaml\n')).toEqual([
      'booking.yaml:1: !include booking.yaml: it includes itself',
    ]);
  });

  it.each([
    ['that is nested without end', `turns: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`, 'more than 40 levels deep'],
    ['that is no text', Buffer.from('name: "\xff"\n', 'latin1'), 'is no text in UTF-8'],
    ['whose alias stands for nothing', 'turns: *t\n', '*t stands for nothing: no &t is before it'],
    ['that merges tables', 'turns: [{ <<: { user: Hi } }]\n', 'tables are not merged (<<): write out what it has'],
    ['of no scenarios', 'scenarios: []\n', 'scenarios: Too small: expected array to have >=1 items'],
  ])('%s is refused', (_, text, rule) => {
    expect(problems(text)).toEqual([`booking.yaml:1: ${rule}`]);
  });

  it('says nothing to a terminal, or to a job of GitHub, by its keys', () => {
    expect(problems('"\\e[31m\\n::error::x": 1\nturns: [{}]\n')).toEqual([
      String.raw`booking.yaml:1: \u001b[31m\n::error::x: is no key of a scenario file`,
    ]);
  });

  it('adds nothing to what an object is', () => {
    expect(problems('__proto__: { x: 1 }\n')).toEqual(['booking.yaml:1: a key must be a plain word']);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("a turn's sound", () => {
  const wav = (rateHz: number, samples: number): Buffer => encodeWav({ rateHz, samples: new Int16Array(samples) });
  const lying = wav(16_000, 10);
  lying.writeUInt32LE(0x7fffffff, 40);
  const stereo = wav(16_000, 10);
  stereo.writeUInt16LE(2, 22);

  it.each([
    ['that is not there', undefined, 'there is no file a.wav'],
    ['that lies about its length', lying, 'a.wav is no mono WAV of 16 bits: Chunk data is longer than the file'],
    ['of two channels', stereo, 'a.wav is no mono WAV of 16 bits: Not mono'],
    ['of no rate', wav(0, 10), 'a.wav has 0 Hz, not 8000 to 48000'],
    ['of a rate that nobody can resample', wav(2_000_000_000, 10), 'a.wav has 2000000000 Hz, not 8000 to 48000'],
    ['without a sample', wav(16_000, 0), 'a.wav has no sound in it'],
    ['that is none', Buffer.from('RIFF'), 'a.wav is no mono WAV of 16 bits: Not a RIFF/WAVE file'],
  ])('%s is refused where it is named', (_, bytes, rule) => {
    if (bytes !== undefined) writeFileSync(path.join(folder, 'a.wav'), bytes);
    expect(problems(ONE('{ audio: a.wav }'))).toEqual([`booking.yaml:5: scenarios.0.turns.0.audio: ${rule}`]);
  });

  it.each(['../a.wav', '/etc/hostname', 'link.wav'])('is not played from outside: %s', (name) => {
    symlinkSync('/etc/hostname', path.join(folder, 'link.wav'));
    expect(problems(ONE(`{ audio: ${name} }`))).toHaveLength(1);
  });

  it('is played from a folder of its own', () => {
    mkdirSync(path.join(folder, 'assets'));
    writeFileSync(path.join(folder, 'assets/a.wav'), wav(8_000, 10));
    expect(problems(ONE('{ audio: assets/a.wav }'))).toEqual([]);
  });
});

describe("an agent's folder", () => {
  const read = (files: Readonly<Record<string, string>>): { ids: string[]; problems: string[] } => {
    for (const [name, text] of Object.entries(files)) written(text, `scenarios/${name}`);
    const { scenarios, problems: wrong } = scenariosOfAgent(folder);
    return { ids: scenarios.map(({ id }) => id), problems: wrong.map((line) => line.replace(`${folder}/`, '')) };
  };

  it("as Pipecat's has folders in it, and parts that scenarios include", () => {
    expect(
      read({
        'judge.yaml': 'modality: text\n',
        'scripted/hello.yaml': 'name: hello\njudge: !include ../judge.yaml\nscenarios: [{ name: a, turns: [{}] }]\n',
        'parts/turns.yaml': '- { user: Hi }\n',
        'top.yaml': 'name: top\nturns: !include parts/turns.yaml\n',
      }),
    ).toEqual({ ids: ['hello/a', 'top'], problems: [] });
  });

  it('has a part that no file includes: it was to be a scenario, perhaps', () => {
    expect(read({ 'a.yaml': 'nmae: x\ntruns: []\n' }).problems).toEqual([
      'scenarios/a.yaml:1: nmae: is no key of a scenario file; did you mean name?',
      'scenarios/a.yaml:2: truns: is no key of a scenario file; did you mean turns?',
    ]);
  });

  it('has a name once, as reports and recordings go by it', () => {
    const same = 'name: a\nturns: [{}]\n';
    expect(read({ 'one.yaml': same, 'two.yaml': same }).problems).toEqual([
      'scenarios/two.yaml:1: a: another file has a scenario of this name',
    ]);
  });
});

it('has a JSON Schema for editors that knows its keys', () => {
  const schema = JSON.stringify(scenarioSchema());
  for (const key of ['send_after', 'within_ms', 'persona', 'nova', 'max_silence_s'])
    expect(schema).toContain(`"${key}"`);
});
