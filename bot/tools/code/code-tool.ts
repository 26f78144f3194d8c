import { type CodeTool, type ToolFunction, whyNotLoaded } from '../../../contract/agent';
import { BotError } from '../../errors';
import { endsWithin } from '../../time';
import { declaredRules, type DeclaredPlace } from '../declared';
import { defineTool, type Tool } from '../tool';

const LOADS_WITHIN_MS = 10_000;

/**
 * A function of the agent's folder.
 * @throws BotError `config_invalid` where its module does not load, or has no function as its default export
 */
export async function openCodeTool(declared: CodeTool, place: DeclaredPlace): Promise<Tool> {
  const run = await loadFunction(declared, place);
  const { secrets: all } = place.services;
  const names = declared.secrets ?? [];
  const secrets = Object.fromEntries(names.map((name) => [name, all[name] ?? '']));
  return defineTool({
    ...declaredRules(declared, place, 'once'),
    schema: declared.arguments,
    identity: `code ${place.services.agent} ${place.name}`,
    run: async (args, context) => await run(args, { ...context, secrets }),
  });
}

async function loadFunction(declared: CodeTool, place: DeclaredPlace): Promise<ToolFunction> {
  let module: Awaited<ReturnType<CodeTool['load']>> | undefined;
  try {
    const loading = declared.load().then((loaded) => (module = loaded));
    const isLoaded = await endsWithin(place.services.clock, LOADS_WITHIN_MS, loading);
    if (!isLoaded) throw new Error(`it takes longer than ${LOADS_WITHIN_MS / 1_000} s`);
  } catch (cause) {
    const why = whyNotLoaded(cause, place.services.agent);
    throw new BotError('config_invalid', `${place.where}.load: its module does not load: ${why}`, { cause });
  }
  // A module of CommonJS that is imported has its exports in `default`.
  const inner: unknown = module?.default;
  const found = typeof inner === 'object' && inner !== null && 'default' in inner ? inner.default : inner;
  if (typeof found === 'function') return found as ToolFunction;
  throw new BotError('config_invalid', `${place.where}.load: its module must export a function as default.`);
}
