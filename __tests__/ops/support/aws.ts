import { INSTALL_MOTO, isOnPath, Moto } from '../../../testbed/fakes/aws/moto';
import { FakeAws } from '../../../testbed/fakes/aws/fault-proxy';
import { ACCOUNT_ID } from './project';

/** Accepted by the emulator, which accepts any; the Bedrock sandbox accepts this pair alone. */
export const OPERATOR = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** How the SDK finds the emulator, and nothing of the machine's own AWS. Retries are kept short. */
const AWS_ENV = {
  ...OPERATOR,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '2',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  // As under `npm run`, whatever starts the tests: asking npm itself takes a third of a second each time.
  npm_config_user_agent: 'npm/10.0.0 node/v20.11.0 linux x64 workspaces/false',
  DEPLOY_ENVIRONMENT: undefined,
  DEPLOY_ACCOUNT_ID: undefined,
  DEPLOY_IMAGE_TAG: undefined,
  DAILY_API_KEY: undefined,
  START_API_KEY: undefined,
};

/** The emulated AWS of a test file: started before its tests, healed between them, stopped after. */
export interface TestAws {
  readonly sandbox: FakeAws;
  /** The emulator itself, past all faults. */
  readonly motoUrl: string;
  /** Empties the emulator. */
  reset(): Promise<void>;
}

const isRequired = process.env['CI'] === 'true';

/** Programs from outside npm, and how to get them. */
const INSTALL = {
  moto_server: INSTALL_MOTO,
  aws: 'pip install awscli',
  terraform: 'https://developer.hashicorp.com/terraform/install',
} as const;

/**
 * `describe` with an emulated AWS. Where the emulator is missing the tests are skipped, and say so; CI insists on it.
 */
export function describeWithAws(
  title: string,
  tests: (aws: () => TestAws) => void,
  needs: readonly (keyof typeof INSTALL)[] = ['moto_server'],
): void {
  const missing = needs.filter((program) => !isOnPath(program));
  if (missing.length > 0 && !isRequired) {
    for (const program of missing) {
      process.stderr.write(`skipped, because ${program} is missing: ${title}\n  install it: ${INSTALL[program]}\n`);
    }
    describe.skip(title, () => tests(() => never()));
    return;
  }
  describe(title, () => {
    let moto: Moto | undefined;
    let sandbox: FakeAws | undefined;
    const before = new Map<string, string | undefined>();

    beforeAll(async () => {
      moto = await Moto.start({ accountId: ACCOUNT_ID });
      sandbox = await FakeAws.start({ upstreamUrl: moto.url });
      for (const [name, value] of Object.entries({ ...AWS_ENV, AWS_ENDPOINT_URL: sandbox.url })) {
        before.set(name, process.env[name]);
        setEnv(name, value);
      }
    });

    afterEach(() => sandbox?.heal());

    afterAll(async () => {
      for (const [name, value] of before) setEnv(name, value);
      await sandbox?.close();
      await moto?.stop();
    });

    tests(() => {
      if (sandbox === undefined || moto === undefined) return never();
      const emulator = moto;
      return { sandbox, motoUrl: emulator.url, reset: () => emulator.reset() };
    });
  });
}

function setEnv(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

function never(): never {
  throw new Error('the emulator is not running');
}
