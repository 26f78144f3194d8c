/*
 * Which room may import which, and no circles (imports of types count, too). Part of `npm run lint`.
 * The picture behind it is in docs/architecture.md.
 */

/** What every room of the bot may build on. */
const BASE = ['contract/', 'bot/errors.ts', 'bot/time/', 'bot/audio/', 'bot/telemetry/'];

/** The messages on the wire: what a second implementation of either side knows of the bot. */
const WIRE = ['bot/rtvi/messages.ts', 'bot/sonic/wire.ts'];

/** Room, and what of ours it may import beside itself. A path that ends in `/` is a folder. */
const MAY_IMPORT = [
  ['contract/', []],

  ['bot/errors.ts', []],
  ['bot/time/', []],
  ['bot/audio/', []],
  ['bot/telemetry/', ['contract/', 'bot/errors.ts', 'bot/time/', 'bot/audio/']],
  ['bot/sonic/', BASE],
  ['bot/rtvi/', BASE],
  ['bot/tools/', BASE],
  ['bot/notices/', BASE],
  ['bot/agents/', [...BASE, 'bot/tools/', 'bot/notices/']],
  ['bot/ecs/', BASE],
  ['bot/usage-limits/', BASE],
  ['bot/records/', BASE],
  ['bot/events/', [...BASE, 'bot/tools/']],
  ['bot/watchdog/', BASE],
  ['bot/transport/', [...BASE, 'bot/config.ts', 'bot/rtvi/']],
  [
    'bot/call/',
    [
      ...BASE,
      'bot/agents/',
      'bot/sonic/',
      'bot/rtvi/',
      'bot/tools/',
      'bot/ecs/',
      'bot/usage-limits/',
      'bot/records/',
      'bot/transport/',
    ],
  ],
  ['bot/phone/', [...BASE, 'bot/phone-config.ts', 'bot/agents/', 'bot/call/', 'bot/transport/', 'bot/usage-limits/']],
  [
    'bot/http/',
    [...BASE, 'bot/config.ts', 'bot/phone-config.ts', 'bot/agents/', 'bot/call/', 'bot/phone/', 'bot/transport/'],
  ],

  ['stacks/', ['contract/']],
  // An agent's folder is its builder's: it knows what contract/agent names, and its own files.
  ['agents/', ['contract/agent/']],
  ['main.ts', ['stacks/']],

  ['client/', ['contract/']],

  ['smoke/', ['contract/', ...WIRE]],
  // A caller of theirs speaks with the synthesiser's voice.
  ['evals/', ['contract/', 'ops/call-page/', 'smoke/', 'testbed/random.ts', 'testbed/speech/', ...WIRE]],
  // ops asks the bot's own rules and speaks with the model as the bot does; it knows what is deployed by the settings.
  [
    'ops/',
    [
      ...BASE,
      'bot/config.ts',
      'bot/config-warnings.ts',
      'bot/notices/',
      'bot/sonic/',
      'bot/transport/daily/',
      'bot/transport/twilio/',
      'bot/transport/transport.ts',
      'bot/rtvi/messages.ts',
      // What a month costs is computed from what is emitted.
      'stacks/agents.ts',
      'stacks/build.ts',
      'stacks/settings.ts',
      'stacks/settings-file.ts',
      'stacks/names.ts',
      'stacks/aws-limits.ts',
      'smoke/',
    ],
  ],

  // Stand-ins are second implementations: they share no code with what they are called by.
  ['testbed/fakes/', ['contract/', ...WIRE, 'smoke/', 'testbed/speech/', 'testbed/random.ts']],
  ['testbed/clients/', ['contract/', ...WIRE, 'smoke/', 'testbed/fakes/', 'testbed/speech/']],
  ['testbed/speech/', ['smoke/']],
  ['testbed/processes/', ['contract/', ...WIRE, 'smoke/', 'testbed/fakes/', 'testbed/speech/']],
  ['testbed/programs/', ['contract/', ...WIRE, 'stacks/', 'ops/', 'smoke/', 'testbed/']],
];

/**
 * Rooms with a door: of these only what `index.ts` names is for others. The messages on the wire are public, too.
 * Tests and benches look behind doors on purpose.
 */
const WITH_DOOR = [
  'contract/agent/',
  'contract/call-record/',
  'bot/agents/',
  'bot/audio/',
  'bot/call/',
  'bot/ecs/',
  'bot/events/',
  'bot/http/',
  'bot/notices/',
  'bot/phone/',
  'bot/records/',
  'bot/rtvi/',
  'bot/sonic/',
  'bot/telemetry/',
  'bot/time/',
  'bot/tools/',
  'bot/transport/daily/',
  'bot/transport/twilio/',
  'bot/transport/webrtc/',
  'bot/usage-limits/',
  'bot/watchdog/',
  'ops/call-page/',
  'smoke/browser/',
  'smoke/caller/',
  'smoke/ecs/',
  'testbed/fakes/aws/',
  'testbed/fakes/bedrock/',
  'testbed/fakes/daily/',
  'testbed/fakes/ecs/',
  'testbed/fakes/terraform/',
  'testbed/fakes/twilio/',
  'testbed/processes/',
  'testbed/speech/',
];

/** A regular expression for a path that is ours. */
const pattern = (path) => `^${path.replaceAll('.', '\\.')}${path.endsWith('/') ? '' : '$'}`;
const OURS = '^(contract|agents|bot|stacks|client|ops|smoke|testbed|bench|scripts|__tests__)/|^main\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    // What is in the image runs on the packages that `npm ci --omit=dev` installs.
    {
      name: 'no-dev-package',
      severity: 'error',
      from: { path: '^(bot|contract)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    ...MAY_IMPORT.map(([room, others]) => ({
      name: `room ${room}`,
      severity: 'error',
      from: { path: pattern(room) },
      to: { path: OURS, pathNot: [room, ...others].map(pattern) },
    })),
    ...WITH_DOOR.map((room) => ({
      name: `door of ${room}`,
      severity: 'error',
      from: { pathNot: [pattern(room), '^__tests__/', '^bench/'] },
      to: { path: pattern(room), pathNot: [`${room}index.ts`, ...WIRE].map(pattern) },
    })),
    // What is read straight from bot/ composes the rooms below it. Whoever composes or tests may import anything else.
    {
      name: 'room bot/',
      severity: 'error',
      from: { path: '^bot/' },
      to: { path: OURS, pathNot: ['^bot/', '^contract/'] },
    },
    { name: 'room __tests__/', severity: 'error', from: { pathNot: '^__tests__/' }, to: { path: '^__tests__/' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^coverage/', '^cdktf\\.out/', '^release\\.out/'] },
  },
};
