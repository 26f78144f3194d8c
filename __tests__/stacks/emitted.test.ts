import { variants } from './support/environments';
import { NAME_LIMITS, TEXT_LIMITS } from './support/limits';
import { type Attributes, dig, type EmittedStack, sharedSynth } from './support/synth';

/*
 * Every string of everything that is emitted, for environments that together use every setting. The longest name an
 * environment may have is among them.
 */
const stacks: EmittedStack[] = [];
beforeAll(() => {
  const result = sharedSynth(variants());
  expect(result.status).toBe(0);
  stacks.push(...result.names.map((name) => result.stack(name)));
  expect(stacks).toHaveLength(18);
});

interface Found {
  readonly where: string;
  readonly key: string;
  readonly text: string;
}

function* strings(value: unknown, where: string, key = ''): Generator<Found> {
  if (typeof value === 'string') yield { where, key, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* strings(inner, `${where}.${name}`, name);
  }
}

/** All strings; JSON inside strings is opened, so that nothing hides in a policy or container definition. */
function* everyString(): Generator<Found> {
  for (const stack of stacks) {
    for (const found of strings(stack.json, stack.name)) {
      yield found;
      if (/^[[{]/.test(found.text) && found.key !== 'pattern')
        yield* strings(JSON.parse(found.text), `${found.where}!`);
    }
  }
}

interface Named {
  readonly stack: EmittedStack;
  readonly type: string;
  readonly id: string;
  readonly attributes: Attributes;
}

function* everyResource(): Generator<Named> {
  for (const stack of stacks) {
    for (const [type, byId] of Object.entries(
      (stack.json['resource'] ?? {}) as Record<string, Record<string, Attributes>>,
    )) {
      for (const [id, attributes] of Object.entries(byId)) yield { stack, type, id, attributes };
    }
  }
}

const offenders = (isBad: (found: Found) => boolean): string[] =>
  [...everyString()].filter(isBad).map(({ where, text }) => `${where}: ${text}`);

describe('no emitted string', () => {
  it('looks like a secret', () => {
    const shapes = [
      /AKIA|ASIA[A-Z0-9]{12}/,
      /PRIVATE KEY/,
      /^[0-9a-f]{32,}$/,
      /^[A-Za-z0-9+/=]{40,}$/,
      /eyJ[\w-]{10,}\./,
      /gh[pousr]_\w{20}/,
      /:\/\/[^/\s]+:[^/\s]+@/,
      /\bsk[-_]\w{16}/,
    ];
    expect([...everyString()].length).toBeGreaterThan(5_000);
    expect(offenders(({ text }) => shapes.some((shape) => shape.test(text)))).toEqual([]);
  });

  it('has the name of a secret beside a value', () => {
    const values = [...everyString()].filter(
      ({ where, text }) => /environment\.\d+\.name$/.test(where) && /KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL/.test(text),
    );
    expect(values).toEqual([]);
  });

  it('holds a token that CDKTF did not resolve', () => {
    expect(
      offenders(({ text }) => /TfToken|\$\{TOKEN|-1\.888154589\d+e\+289|\[object |undefined|NaN/.test(text)),
    ).toEqual([]);
  });

  it('holds a path of the machine that synthesised it', () => {
    expect(
      offenders(({ text }) =>
        [process.cwd(), process.env['HOME'] ?? '/root', '/tmp/', 'node_modules', 'file://'].some((path) =>
          text.includes(path),
        ),
      ),
    ).toEqual([]);
  });
});

describe('every reference', () => {
  it('leads to something in its stack, or to an output of the stack it names', () => {
    const outputs = new Map(stacks.map((stack) => [stack.name, new Set(Object.keys(stack.json['output'] as object))]));
    const dangling: string[] = [];
    let checked = 0;
    for (const stack of stacks) {
      const exists = (kind: 'resource' | 'data', type: string, id: string) =>
        dig(stack.json, kind, type, id) !== undefined;
      for (const { where, text } of strings(stack.json, stack.name)) {
        for (const [, expression = ''] of text.matchAll(/(?<!\$)\$\{([^}]*)\}/g)) {
          if (expression === 'terraform.workspace') continue;
          // A condition speaks of the thing it belongs to.
          if (/\blifecycle\.\w+\.\d+\.condition$/.test(where) && /\bself\.\w/.test(expression)) continue;
          const remote = /^data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)$/.exec(
            expression,
          );
          const data = /data\.(aws_\w+)\.([\w-]+)\.\w+/.exec(expression);
          const resource = /(?<![\w.])(aws_\w+)\.([\w-]+)\.\w+/.exec(expression);
          checked += 1;
          const found = remote
            ? (outputs.get(remote[1]!)?.has(remote[2]!) ?? false)
            : data
              ? exists('data', data[1]!, data[2]!)
              : resource !== null && exists('resource', resource[1]!, resource[2]!);
          if (!found) dangling.push(`${where}: ${expression}`);
        }
      }
      for (const { attributes, id } of [...everyResource()].filter((one) => one.stack === stack)) {
        for (const address of (attributes['depends_on'] ?? []) as string[]) {
          const [type = '', target = ''] = address.split('.');
          checked += 1;
          if (!exists('resource', type, target)) dangling.push(`${stack.name} ${id} depends on ${address}`);
        }
      }
    }
    expect(checked).toBeGreaterThan(1_000);
    expect(dangling).toEqual([]);
  });

  it('goes from service to foundation only, so that a release cannot hold the foundation back', () => {
    for (const stack of stacks) {
      const inputs = Object.keys(dig(stack.json, 'data', 'terraform_remote_state') ?? {});
      const environment = stack.name.split('-')[0];
      expect(inputs).toEqual(
        stack.name.endsWith('-service') ? [`cross-stack-reference-input-${environment}-foundation`] : [],
      );
    }
  });
});

describe('every name in AWS', () => {
  const NAMING = /^(name|bucket|alarm_name|dashboard_name|family|target_id)$/;
  /** Attributes of that spelling that point at a name instead of giving one. */
  const POINTS = /^(aws_s3_bucket_\w+\.bucket)$/;
  const named = () =>
    [...everyResource()].flatMap(({ stack, type, id, attributes }) =>
      Object.entries(attributes)
        .filter(([key, value]) => NAMING.test(key) && !POINTS.test(`${type}.${key}`) && typeof value === 'string')
        .map(([key, value]) => ({ stack, kind: `${type}.${key}`, id, name: value as string })),
    );

  it('has a limit that is known here', () => {
    expect([...new Set(named().map(({ kind }) => kind))].filter((kind) => !(kind in NAME_LIMITS))).toEqual([]);
  });

  it('is within its length and alphabet, for the longest environment too', () => {
    const wrong = named()
      .filter(({ name }) => !name.includes('${'))
      .filter(({ kind, name }) => name.length > NAME_LIMITS[kind]!.max || !NAME_LIMITS[kind]!.alphabet.test(name));
    expect(wrong.map(({ kind, name }) => `${kind} ${name}`)).toEqual([]);
  });

  it('is given once in an account', () => {
    const given = named()
      .filter(({ kind }) => kind !== 'aws_route53_record.name' && kind !== 'aws_cloudwatch_event_target.target_id')
      .map(
        ({ stack, kind, name }) =>
          `${String(dig(stack.json, 'provider', 'aws', 0, 'allowed_account_ids', 0))} ${kind} ${name}`,
      );
    expect(given.filter((name, index) => given.indexOf(name) !== index)).toEqual([]);
  });
});

describe('every text', () => {
  /** As long as the ARN that a reference stands for: that of a secret is known but for its end; 110 is more than any of ours. */
  const standIn = (reference: string): string => {
    const [, id] = /aws_secretsmanager_secret\.?secret-([a-z-]+?)\.?arn\}$/.exec(reference) ?? [];
    return id === undefined
      ? 'x'.repeat(110)
      : `arn:aws:secretsmanager:eu-north-1:333333333333:secret:pipecat/${id}-AbCdEf`;
  };

  it('is within the length that AWS allows, with ARNs at their full length', () => {
    const long = [...everyResource()].flatMap(({ stack, type, attributes }) =>
      Object.entries(attributes)
        .filter(([key]) => `${type}.${key}` in TEXT_LIMITS)
        .map(([key, value]) => ({
          kind: `${stack.name} ${type}.${key}`,
          max: TEXT_LIMITS[`${type}.${key}`]!,
          length: (value as string).replaceAll(/\$\{[^}]*\}/g, standIn).length,
        }))
        .filter(({ length, max }) => length > max),
    );
    expect(long).toEqual([]);
  });
});

describe('every resource', () => {
  it('that can be tagged is tagged, by itself and by the provider', () => {
    const untagged = [...everyResource()].filter(
      ({ type, attributes }) => TAGGABLE.has(type) && dig(attributes, 'tags', 'Construct') === undefined,
    );
    expect(untagged.map(({ type, id }) => `${type}.${id}`)).toEqual([]);
    for (const stack of stacks) {
      expect(dig(stack.json, 'provider', 'aws', 0, 'default_tags', 0, 'tags')).toEqual({
        Project: 'pipecat-voice-agent',
        Environment: stack.name.split('-')[0],
        Stack: stack.name.split('-')[1],
        ManagedBy: 'terraform',
      });
    }
  });

  it('is in the account of its environment, under a pinned provider and a range of Terraform', () => {
    for (const stack of stacks) {
      expect(dig(stack.json, 'provider', 'aws', 0, 'allowed_account_ids')).toEqual([expect.stringMatching(/^\d{12}$/)]);
      expect(dig(stack.json, 'terraform', 'required_providers', 'aws', 'version')).toBe('6.25.0');
      expect(dig(stack.json, 'terraform', 'required_version')).toBe('>= 1.10.0, < 2.0.0');
    }
  });
});

/** Types of ours that have tags in the provider's schema. */
const TAGGABLE = new Set([
  'aws_acm_certificate',
  'aws_appautoscaling_target',
  'aws_cloudtrail',
  'aws_cloudwatch_event_rule',
  'aws_cloudwatch_log_group',
  'aws_cloudwatch_metric_alarm',
  'aws_default_security_group',
  'aws_dynamodb_table',
  'aws_ecr_repository',
  'aws_ecs_cluster',
  'aws_ecs_service',
  'aws_ecs_task_definition',
  'aws_eip',
  'aws_flow_log',
  'aws_iam_openid_connect_provider',
  'aws_iam_role',
  'aws_internet_gateway',
  'aws_kms_key',
  'aws_lb',
  'aws_lb_listener',
  'aws_lb_target_group',
  'aws_nat_gateway',
  'aws_route_table',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
  'aws_security_group',
  'aws_sfn_state_machine',
  'aws_sns_topic',
  'aws_sqs_queue',
  'aws_subnet',
  'aws_vpc',
  'aws_vpc_endpoint',
  'aws_vpc_security_group_egress_rule',
  'aws_vpc_security_group_ingress_rule',
  'aws_wafv2_web_acl',
]);

describe('the state of every stack', () => {
  it('is in the bucket of its environment, under a lock file, and leaves encryption to the bucket', () => {
    for (const stack of stacks) {
      const [environment = '', kind = ''] = stack.name.split('-');
      expect(dig(stack.json, 'terraform', 'backend', 's3')).toEqual({
        bucket: expect.stringMatching(new RegExp(`^pipecat-voice-agent-${environment}-state-\\d{12}$`)) as string,
        key: `${kind}.tfstate`,
        region: environment === 'closed' ? 'us-east-1' : 'eu-north-1',
        use_lockfile: true,
      });
    }
  });

  it('is kept in a bucket that is versioned, private, encrypted with its own key, and TLS only', () => {
    const state = stacks.find(({ name }) => name === 'test-state')!;
    expect(state.one('aws_s3_bucket')['bucket']).toBe('pipecat-voice-agent-test-state-111111111111');
    expect(state.one('aws_s3_bucket_versioning')['versioning_configuration']).toEqual({ status: 'Enabled' });
    expect(
      dig(
        state.one('aws_s3_bucket_server_side_encryption_configuration'),
        'rule',
        0,
        'apply_server_side_encryption_by_default',
      ),
    ).toMatchObject({
      sse_algorithm: 'aws:kms',
      kms_master_key_id: expect.stringContaining('aws_kms_key.state-key') as string,
    });
    const policy = state.policy('aws_s3_bucket_policy', 'state');
    expect(policy['DenyPlainTransport']).toMatchObject({ Effect: 'Deny', Principal: '*' });
    expect(policy['DenyOtherEncryption']).toMatchObject({
      Effect: 'Deny',
      Action: 's3:PutObject',
      Condition: {
        Null: { 's3:x-amz-server-side-encryption': 'false' },
        StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
      },
    });
  });
});

/*
 * The last net: an address that changes makes Terraform destroy one thing and make another. Where that is meant, move the
 * state (`moved`) or say so in the release; then renew the snapshot.
 */
describe('the addresses of all resources', () => {
  it.each(['state', 'foundation', 'service'])('of %s stay as they are', (kind) => {
    const addresses = [...everyResource()]
      .filter(({ stack }) => stack.name === `prod-${kind}`)
      .map(({ type, id }) => `${type}.${id}`);
    expect(addresses.sort()).toMatchSnapshot();
  });
});
