import { hasTelephone, type Settings } from '../../stacks/settings';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { ENVIRONMENT } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import type { Finding, Report } from '../cli/report';
import { versionOf } from '../release/version';
import { commandAgain, commandFor } from '../cli/command-line';
import type { Approve, Deployment, Handover } from './deployment';
import { deploySteps } from './deploy-steps';
import { readImageOption } from './image-option';
import { offerOf } from './offer';
import { prepare, type Prepared } from './prepare';
import { runSteps } from './run-steps';
import { renderScreen } from './screen';
import { readRaw } from './draft';
import { askForNumber } from './phone-question';
import { askForKeys, checkAskable } from './secret-values';
import { setStage } from './stage';
import { findTarget } from './target';
import { orSayAgain, withCommand } from './with-command';

const STEPS = ['settings', 'state', 'foundation', 'secrets', 'image', 'service', 'smoke'] as const;
const KEPT_OPTIONS = ['transport', 'env-file', 'image', 'builder', 'skip-smoke', 'yes', 'json'];

export const deploy: Command = {
  details: `From credentials to a spoken call: completes the settings, makes the bucket of the state, the foundation, the secrets' values,
the image and the service, and calls it. Before that it says on one screen what it found, what it makes, what a month
costs, and what it asks. Every plan is shown before it is applied. Stopped anywhere and run again it goes on where it
stopped; run on a finished deployment it changes nothing but calls once more.`,
  positionals: [ENVIRONMENT],
  json: 'lines',
  flags: {
    yes: { type: 'boolean', description: 'ask nothing, and apply every plan' },
    'plan-only': { type: 'boolean', description: 'change nothing: say what would be done' },
    'env-file': {
      type: 'string',
      value: 'PATH',
      description: "the file with the secrets' values [.env, if there is one]",
    },
    transport: {
      type: 'string',
      value: 'NAME',
      description: 'of a new environment: daily, or webrtc, straight from the page to one task [asked; daily]',
    },
    image: {
      type: 'string',
      value: 'REF',
      description: 'a released image: TAG or sha256:… of the own repository, or REGISTRY/NAME:TAG [built here]',
    },
    builder: {
      type: 'string',
      value: 'NAME',
      description: 'docker, finch, podman, nerdctl or buildah [the first that answers]',
    },
    'skip-smoke': { type: 'boolean', description: 'place no call at the end' },
  },
  run: deployGuided,
};

async function deployGuided(outer: Context): Promise<Report> {
  const { flags, io, environment } = outer;
  const planOnly = flags.isSet('plan-only');
  const isAsking = !flags.isSet('yes') && !planOnly;
  if (flags.isSet('json') && isAsking) {
    throw new OpsError('usage', '--json asks nothing: say --yes, or --plan-only.', 'npm run ops -- deploy --help');
  }
  const wantedImage = flags.text('image');
  const image = wantedImage === undefined ? undefined : readImageOption(wantedImage);
  const steps = flags.isSet('skip-smoke') ? STEPS.filter((id) => id !== 'smoke') : STEPS;
  const { terminal, tell, findings, context } = setStage(outer, steps, isAsking);
  try {
    const begin = commandAgain(outer, 'deploy', flags.text('region'), KEPT_OPTIONS);
    const target = await orSayAgain(begin, () => findTarget(outer, terminal));
    const version = () => versionOf(io.folder, io.env);
    const again = commandAgain(outer, 'deploy', target.region, KEPT_OPTIONS);
    const prepared = await orSayAgain(again, async () => {
      const phone = await askForNumber(readRaw(target.text ?? ''), terminal, outer.progress);
      return prepare(outer, target, { image, phone, version, planOnly });
    });
    const { settings, agents, missing } = prepared;
    const { region } = settings;
    const undo = commandFor('destroy', environment, region);
    tell({ event: 'survey', environment, region, accountId: prepared.accountId, findings: prepared.findings });
    try {
      refuseFailures(prepared);
      if (!planOnly) checkAskable(missing, terminal);
    } catch (error) {
      throw withCommand(error, again);
    }
    const offer = offerOf(settings, agents, asksOf(missing, isAsking));
    tell({ event: 'offer', ...offer });
    const title = `deploy · ${environment} · account ${prepared.accountId} · ${region}`;
    const screen = {
      title,
      findings: prepared.findings,
      changes: prepared.draft.changes,
      file: target.file,
      offer,
      undo,
    };
    outer.progress(renderScreen(screen));
    const typed = await orSayAgain(again, async () => {
      if (terminal !== undefined && !(await terminal.confirm('Go on?'))) {
        throw new OpsError('refused', 'the answer was not "yes"');
      }
      return askForKeys(outer, missing, terminal);
    });
    const approve: Approve = async (question, page) => {
      if (terminal === undefined) return true;
      outer.progress(context.redactor.clean(page));
      return terminal.confirm(question);
    };
    const deployment: Deployment = {
      ...{ context, file: target.file, draft: prepared.draft, version, image, builder: prepared.builder },
      ...{ typed, planOnly, approve, tell },
    };
    const handover: Handover = { image: undefined, health: undefined, serviceChanged: false, url: undefined };
    const all = deploySteps(deployment, handover).filter(({ id }) => steps.some((one) => one === id));
    const changed = await runSteps(all, { planOnly, signal: io.signal, tell, again });
    return reportOf(findings, { changed, planOnly, url: handover.url, settings, undo, again });
  } finally {
    context.close();
  }
}

function asksOf(missing: readonly string[], isAsking: boolean): string[] {
  return [
    ...missing.map((key) => `${key}, which is not shown as it is typed (or: .env, --env-file PATH)`),
    ...(isAsking ? ['"yes" to go on, and to each plan before it is applied'] : []),
  ];
}

/** @throws OpsError where something looked at is not as it must be for the rest to succeed */
function refuseFailures({ findings }: Prepared): void {
  const [first, ...more] = findings.filter(({ status }) => status === 'failed');
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.map(({ subject }) => subject).join(', ')})`;
  throw new OpsError(
    first.code ?? 'refused',
    `${first.subject}: ${first.text}${others}. Nothing was done.`,
    [first, ...more]
      .map(({ fix = '' }) => fix)
      .filter(Boolean)
      .join('\n'),
  );
}

interface Outcome {
  readonly changed: boolean;
  readonly planOnly: boolean;
  readonly url: string | undefined;
  readonly settings: Settings;
  readonly undo: string;
  /** The command that was run. */
  readonly again: string;
}

function reportOf(findings: readonly Finding[], outcome: Outcome): Report {
  const { changed, planOnly, url, settings, undo, again } = outcome;
  const { environment, region } = settings;
  const first = hasTelephone(settings) ? ['phone setup --apply'] : [];
  const next = [...first, 'monitor', 'doctor', 'secrets check'].map((name) => commandFor(name, environment, region));
  const sections = [{ title: planOnly ? 'Would be done' : 'Deployment', findings }];
  if (planOnly) return { sections, data: { changed, next: [again], undo }, footer: `To do it: ${again}` };
  const page = url === undefined ? [] : [`The page: ${url}/`];
  const key = settings.secrets.startKey ? [`It asks for the start key: ${startKeyCommand(settings)}`] : [];
  return {
    sections,
    data: { changed, ...(url === undefined ? {} : { url }), next, undo },
    footer: [...page, ...key, '', 'Next:', ...next.map((line) => `  ${line}`), '', `To undo it: ${undo}`].join('\n'),
  };
}

/** Prints the key for whoever may read it; it is in no output of ours. */
const startKeyCommand = ({ region, secrets }: Settings): string =>
  `aws secretsmanager get-secret-value --region ${region} --secret-id ${secrets.namePrefix}/start-api-key --query SecretString --output text`;
