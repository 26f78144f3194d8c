import { readFileSync } from 'node:fs';
import { type BotProcess, buildBot, startBot } from '../../../testbed/processes';
import { startFakeBedrock, type FakeBedrock } from '../../../testbed/fakes/bedrock/server';
import { type FakeTwilio, openTwilio } from '../../../testbed/fakes/twilio';
import type { TestAws } from '../support/aws';
import { AwsFixture } from '../support/aws-fixture';
import { about, ops, type Ran } from '../support/cli';
import { Project, testSettings } from '../support/project';
import { SECRETS } from '../support/values';

const [NUMBER, CALLEE] = ['+14155550100', '+14155550123'] as const;
const HOST = 'voice.example.org';
const KEY = { sid: `SK${'0'.repeat(31)}1`, secret: SECRETS.twilioKeySecret };

/** The lines of docs/phone.md that are typed, in order; what they do to AWS is rehearsed elsewhere. */
const typed = [...readFileSync('docs/phone.md', 'utf8').matchAll(/^npm run ops -- (phone .*)$/gm)].map(
  ([, command = '']) => command,
);

/* A number in ten minutes, as docs/phone.md has it: secrets, Twilio, the deployed bot, and calls both ways. */
export function phoneSuite(aws: () => TestAws): void {
  describe('a telephone', () => {
    let project: Project;
    let fixture: AwsFixture;
    let twilio: FakeTwilio;
    let sonic: FakeBedrock;
    let bot: BotProcess;

    beforeAll(async () => {
      twilio = await openTwilio({ authTokens: [SECRETS.twilioToken], apiKeys: [KEY], numbers: [NUMBER] });
      project = new Project(
        testSettings({
          domain: { name: HOST, hostedZoneId: 'Z0123456789ABC' },
          loadBalancer: { waf: false },
          phone: { numbers: { [NUMBER]: 'assistant' }, outbound: { from: [NUMBER], prefixes: ['+1415'] } },
        }),
      );
      project.synthesise();
      const given = Object.entries(twilio.environment).filter(
        ([name]) => name.startsWith('TWILIO_') && name !== 'TWILIO_API_URL',
      );
      project.env({
        ...{ DAILY_API_KEY: SECRETS.dailyKey, START_API_KEY: SECRETS.startKey },
        ...Object.fromEntries(given),
      });
      fixture = new AwsFixture(aws().motoUrl);
      await fixture.foundation(project);
      [sonic] = await Promise.all([startFakeBedrock({ voice: 'tone' }), buildBot()]);
      expect((await run('secrets setup')).code).toBe(0);
      bot = await startBot(sonic.url, 2, {
        ...(await injected()),
        PHONE_PROVIDER: 'twilio',
        PHONE_NUMBERS: `${NUMBER}=assistant`,
        PHONE_CALLS_FROM: NUMBER,
        PHONE_CALLS_PREFIXES: '+1415',
        PUBLIC_URL: `https://${HOST}`,
        TWILIO_API_URL: twilio.url,
      });
      twilio.landOn(HOST, [bot.url]);
    });
    afterAll(async () => {
      await bot.stop();
      await sonic.close();
      await twilio.close();
      fixture.close();
      await aws().reset();
      project.remove();
    });

    const run = (command: string): Promise<Ran> =>
      ops(`${command} --json`, { folder: project.folder, env: { TWILIO_API_URL: twilio.url } });
    /** What ECS would put into the container. */
    const injected = async (): Promise<Record<string, string>> => {
      const values = await Promise.all(
        ['twilio-credentials', 'phone-stream-key', 'phone-calls-key'].map((id) => fixture.get(`pipecat/${id}`)),
      );
      return Object.assign({}, ...values) as Record<string, string>;
    };

    it('has all its secrets after one command, those that nobody chooses made up, and the other token the same', async () => {
      const values = await injected();
      expect(Object.keys(values)).toEqual([
        'TWILIO_ACCOUNT_SID',
        'TWILIO_AUTH_TOKEN',
        'TWILIO_AUTH_TOKEN_OTHER',
        'TWILIO_API_KEY_SID',
        'TWILIO_API_KEY_SECRET',
        'PHONE_STREAM_KEY',
        'PHONE_STREAM_KEY_OTHER',
        'PHONE_CALLS_KEY',
      ]);
      expect(values['TWILIO_AUTH_TOKEN_OTHER']).toBe(values['TWILIO_AUTH_TOKEN']);
      expect(values['PHONE_STREAM_KEY']).toHaveLength(43);
    });

    it('is set up by the commands of its document, which are these', () => {
      expect(typed).toEqual([
        'phone setup --environment test',
        'phone setup --environment test --apply',
        'phone status --environment test',
        `phone call ${CALLEE} --environment test --agent assistant --variable name=Ada`,
      ]);
    });

    it('rings and is answered, once its number leads here', async () => {
      const [show = '', apply = '', status = ''] = typed;
      const shown = await run(show);
      expect([shown.code, about(shown, NUMBER)[0]?.status]).toEqual([0, 'planned']);
      const before = await run(`${status} --url ${bot.url}`);
      expect([before.code, about(before, NUMBER)[0]?.status]).toEqual([1, 'failed']);
      const applied = await run(apply);
      expect([applied.code, about(applied, NUMBER)[0]?.status]).toEqual([0, 'changed']);
      const after = await run(`${status} --url ${bot.url}`);
      expect(after.json.findings.map(({ subject, status: is }) => [subject, is])).toEqual([
        ['Twilio', 'ok'],
        ['PHONE_STREAM_KEY', 'ok'],
        [NUMBER, 'ok'],
        ['signed', 'ok'],
        ['forged', 'ok'],
      ]);
      const call = twilio.ring();
      await call.waitFor('audio');
      call.hangUp();
      await call.ended;
      expect(twilio.errors).toEqual([]);
    });

    it('is said not to ring where the tasks know another auth token than the secret holds', async () => {
      const other = { ...(await injected()), TWILIO_AUTH_TOKEN: SECRETS.startKey.replaceAll(/[^A-Za-z0-9]/g, 'x') };
      await fixture.put('pipecat/twilio-credentials', other);
      const ran = await run(`phone status --url ${bot.url}`);
      expect(about(ran, 'signed')[0]).toMatchObject({
        status: 'failed',
        code: 'credentials_refused',
        fix: expect.stringContaining('secrets rotate twilio-credentials --restart-only') as string,
      });
      await fixture.put('pipecat/twilio-credentials', {
        ...other,
        TWILIO_AUTH_TOKEN: SECRETS.twilioToken,
      });
    });

    it('calls whom it may, and says why it calls nobody else', async () => {
      twilio.callee(CALLEE, { kind: 'answers' });
      const ran = await run(`phone call ${CALLEE} --agent assistant --url ${bot.url}`);
      expect(ran.json.error).toBeUndefined();
      expect([ran.code, ran.json.findings[0]?.status]).toEqual([0, 'changed']);
      const call = await twilio.waitForCall(({ to }) => to === CALLEE);
      expect(ran.json.findings[0]?.subject).toBe(call.sid);
      await call.waitFor('audio');
      call.hangUp();
      const refused = await run(`phone call +442079460100 --url ${bot.url}`);
      expect(refused.json.error).toMatchObject({
        code: 'refused',
        message: expect.stringContaining('destination_refused') as string,
      });
      expect(twilio.calls.filter(({ direction }) => direction === 'outbound-api')).toHaveLength(1);
    });
  });
}
