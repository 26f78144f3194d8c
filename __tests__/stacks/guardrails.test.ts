import { RULES, violations } from '../../stacks/rules';
import type { TerraformDocument } from '../../stacks/rules/document';
import { variants } from './support/environments';
import { drop } from './support/mistakes';
import { type EmittedStack, sharedSynth, type SynthResult } from './support/synth';
import { WRONG_ACCESS } from './support/wrong-access';
import { WRONG_PHONE } from './support/wrong-phone';
import { WRONG_QUERIES } from './support/wrong-queries';
import { WRONG_RECORDS } from './support/wrong-records';
import { WRONG_SERVICE } from './support/wrong-service';

/*
 * Each rule against what we really emit, with one thing made wrong: the rule must say so, and no rule may say anything
 * of what we emit as it is.
 */
let result: SynthResult;
beforeAll(() => {
  result = sharedSynth(variants());
});

const OPEN = {
  protected: false,
  allowPlainHttp: false,
  publicTasks: false,
  phone: undefined,
  mediaPort: undefined,
  records: undefined,
};
const RECORDS = { bucket: 'pipecat-voice-agent-prod-records-222222222222', retentionDays: 30 };
const PROD = { ...OPEN, protected: true, records: RECORDS };
const PHONE = { ...OPEN, phone: { deregistrationSeconds: 2_760 } };

/** A copy of an emitted stack, to make something wrong in. */
function copy(name: string): { document: TerraformDocument; stack: EmittedStack } {
  const stack = result.stack(name);
  return { document: stack.json, stack };
}

/** Where a stack keeps records; the rules know nothing of those of other stacks. */
const recordsOf = (stack: EmittedStack) => {
  const buckets = Object.values(stack.all('aws_s3_bucket')).map(({ bucket }) => bucket as string);
  const bucket = buckets.find((name) => name.includes('-records-'));
  return bucket === undefined ? undefined : { bucket, retentionDays: stack.name.startsWith('closed-') ? 3 : 30 };
};

it('what we emit breaks no rule', () => {
  for (const name of result.names) {
    const isProtected = name.startsWith('prod-');
    const context = {
      protected: isProtected,
      allowPlainHttp: !isProtected,
      publicTasks: name.startsWith('small-'),
      mediaPort: name.startsWith('small-') ? 7861 : undefined,
      phone: name.startsWith('abcdefghijkl-') ? PHONE.phone : undefined,
      records: isProtected ? RECORDS : recordsOf(result.stack(name)),
    };
    expect(violations(result.stack(name).json as TerraformDocument, context)).toEqual([]);
  }
});

const WRONGS = [...WRONG_ACCESS, ...WRONG_SERVICE, ...WRONG_RECORDS];

it.each(WRONGS)('%s refuses %s', (rule, _what, kind, makeWrong) => {
  const { document, stack } = copy(`prod-${kind}`);
  makeWrong(stack);
  expect(violations(document, PROD)).toContainEqual(expect.stringContaining(`[${rule}: `));
});

it.each(WRONG_PHONE)(
  '%s refuses %s, where the bot has a telephone, and nowhere else',
  (rule, _what, kind, makeWrong) => {
    const { document, stack } = copy(`abcdefghijkl-${kind}`);
    makeWrong(stack);
    const context = { ...PHONE, records: recordsOf(stack) };
    expect(violations(document, context)).toEqual([expect.stringContaining(`[${rule}: `)]);
    expect(violations(document, { ...context, phone: undefined })).toEqual([]);
  },
);

it.each(WRONG_QUERIES)('%s refuses %s', (rule, _what, kind, makeWrong) => {
  const { document, stack } = copy(`abcdefghijkl-${kind}`);
  makeWrong(stack);
  expect(violations(document, { ...PHONE, records: recordsOf(stack) })).toEqual([
    expect.stringContaining(`[${rule}: `),
  ]);
});

it('every rule is shown to refuse something', () => {
  const shown = new Set([...WRONGS, ...WRONG_PHONE, ...WRONG_QUERIES].map(([rule]) => rule));
  expect(RULES.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});

it('what only production needs is not asked of a trial', () => {
  const { document, stack } = copy('prod-service');
  Object.assign(stack.one('aws_lb'), { enable_deletion_protection: false });
  drop(stack, 'aws_wafv2_web_acl_association');
  expect(violations(document, { ...OPEN, records: RECORDS })).toEqual([]);
});

it('open-ingress lets callers’ media in where it comes straight to the task, by one port', () => {
  const { document, stack } = copy('prod-foundation');
  const media = { ip_protocol: 'udp', from_port: 7861, to_port: 7861, cidr_ipv4: '0.0.0.0/0', description: 'Media' };
  stack.all('aws_vpc_security_group_ingress_rule')['media'] = media;
  const refused = [expect.stringContaining('[open-ingress: ')];
  expect(violations(document, PROD)).toEqual(refused);
  expect(violations(document, { ...PROD, mediaPort: 7861 })).toEqual([]);
  media.to_port = 7862;
  expect(violations(document, { ...PROD, mediaPort: 7861 })).toEqual(refused);
});
