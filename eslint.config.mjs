import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The directions in which rooms may import each other. Each row says: code in `target` may not import from `from`.
 * The picture behind it is in docs/architecture.md.
 */
const forbidden = [
  // What both halves must agree on and neither owns.
  {
    target: './contract',
    from: ['./bot', './stacks', './ops', './smoke', './testbed', './bench', './client', './scripts', './__tests__'],
  },
  { target: './bot', from: ['./stacks', './ops', './smoke', './testbed', './bench', './client', './__tests__'] },
  { target: './stacks', from: ['./bot', './ops', './smoke', './testbed', './bench', './client', './__tests__'] },
  { target: './client', from: ['./bot', './stacks', './ops', './smoke', './testbed', './bench', './__tests__'] },
  // Callers and stand-ins are second implementations: of the bot they know the messages on the wire.
  { target: './smoke', from: ['./stacks', './ops', './testbed', './bench', './client', './__tests__'] },
  { target: './smoke', from: './bot', except: ['./rtvi/messages.ts'] },
  { target: './testbed', from: ['./bench', './client', './__tests__'] },
  { target: ['./testbed/fakes', './testbed/clients'], from: ['./stacks', './ops', './testbed/programs'] },
  { target: './testbed', from: './bot', except: ['./sonic/wire.ts', './rtvi/messages.ts'] },
  // ops asks the bot's own rules and speaks with the model as the bot does; it knows what is deployed by the settings.
  {
    target: './ops',
    from: './bot',
    except: [
      './config.ts',
      './errors.ts',
      './config-warnings.ts',
      './sonic',
      './time',
      './audio',
      './telemetry',
      './transport/daily',
      './transport/transport.ts',
      './rtvi/messages.ts',
    ],
  },
  {
    target: './ops',
    from: './stacks',
    except: ['./settings.ts', './settings-file.ts', './names.ts', './aws-limits.ts'],
  },
  { target: './ops', from: ['./testbed', './bench', './client', './__tests__'] },
  {
    target: ['./bot/time', './bot/audio', './bot/telemetry', './bot/errors.ts'],
    from: ['./bot/http', './bot/call', './bot/sonic', './bot/transport', './bot/rtvi', './bot/tools'],
  },
  { target: './bot/sonic', from: ['./bot/http', './bot/call', './bot/transport', './bot/rtvi', './bot/tools'] },
  { target: './bot/transport', from: ['./bot/http', './bot/call', './bot/sonic', './bot/tools'] },
  { target: './bot/rtvi', from: ['./bot/http', './bot/call', './bot/sonic', './bot/transport', './bot/tools'] },
  { target: './bot/tools', from: ['./bot/http', './bot/call', './bot/sonic', './bot/transport', './bot/rtvi'] },
  { target: './bot/call', from: ['./bot/http'] },
  // What is asked about calls knows none.
  {
    target: ['./bot/ecs', './bot/usage-limits'],
    from: ['./bot/http', './bot/call', './bot/sonic', './bot/transport', './bot/rtvi', './bot/tools'],
  },
];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', 'cdktf.out', 'release.out', 'recordings/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js', '.json'] } } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: forbidden }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // process.env is read in one place of the runtime, so that every variable is documented and checked there.
    files: ['bot/**/*.ts'],
    ignores: ['bot/config.ts', 'bot/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read it in bot/config.ts.' },
      ],
    },
  },
  {
    files: ['testbed/**/*.ts', 'smoke/**/*.ts', 'bench/**/*.ts', 'scripts/**', 'ops/**/*.ts', 'main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['__tests__/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
  prettier,
);
