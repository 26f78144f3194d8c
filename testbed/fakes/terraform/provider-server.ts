import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadPackageDefinition, Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { isDeepStrictEqual } from 'node:util';
import { apply, keep, plan, planKept, read, unconfigurable } from './planning';
import { type EmulatedCloud, PartlyMade, REPLACING } from './resources';
import { type BlockSchema, type ProviderSchema, toWire } from './schema';
import { decodeValue, encodeValue, isObject, type Value } from './values';

interface Dynamic {
  readonly msgpack: Uint8Array;
}
/** Every field that any request has; which ones are there depends on the call. */
interface ProviderRequest {
  readonly type_name: string;
  readonly config: Dynamic | null;
  readonly prior_state: Dynamic | null;
  readonly proposed_new_state: Dynamic | null;
  readonly planned_state: Dynamic | null;
  readonly current_state: Dynamic | null;
  readonly raw_state: { readonly json: Uint8Array } | null;
}

/** What the provider was asked to make, change or destroy. */
export interface AppliedChange {
  readonly type: string;
  readonly before: Value;
  readonly after: Value;
}

export interface ProviderServerOptions {
  readonly schema: ProviderSchema;
  /** Terraform's address of the provider that is stood in for. */
  readonly address?: string;
  /** Called before terraform hears of a resource's plan; a rejection fails the plan. */
  readonly onPlan?: (type: string) => Promise<void> | void;
  /** Called before terraform hears that a change was made; a rejection fails the apply. */
  readonly onApply?: (change: AppliedChange) => Promise<void> | void;
  /** Attributes whose change makes another resource of it, by type: what the real provider knows of each. */
  readonly replacing?: Readonly<Record<string, readonly string[]>>;
  /** What there is now of something that was made, where it may have been changed by others. Default: as it was left. */
  readonly onRead?: (type: string, state: Value) => Value;
  /** An account in which resources are really made. Default: none, and what AWS would decide is made up. */
  readonly cloud?: EmulatedCloud;
}

/** A running provider. */
export interface ProviderServer {
  /** What to put into TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
  /** Resources changed so far. */
  readonly applied: () => number;
  /** Idempotent. */
  readonly close: () => void;
}

const value = (dynamic: Dynamic | null): Value => (dynamic === null ? null : decodeValue(dynamic.msgpack));
const dynamic = (of: Value): Dynamic => ({ msgpack: encodeValue(of) });

function validate(block: BlockSchema, config: Dynamic | null): object {
  return {
    diagnostics: unconfigurable(block, value(config)).map((attribute) => ({
      severity: 'ERROR',
      summary: `Can't configure a value for "${attribute}": its value will be decided automatically.`,
    })),
  };
}

/** Makes, changes or removes a resource; what is there after a failure is in the state, with the failure beside it. */
async function applyIn(cloud: EmulatedCloud, type: string, before: Value, planned: Value): Promise<object> {
  try {
    return { new_state: dynamic(keep(planned, await cloud.change(type, before, planned))) };
  } catch (error) {
    if (!(error instanceof PartlyMade)) throw error;
    const diagnostics = [{ severity: 'ERROR', summary: error.message }];
    return { new_state: dynamic(keep(planned, error.told)), diagnostics };
  }
}

/**
 * A process that does nothing but live as long as this one. Terraform wants the provider's process id, watches it, and
 * kills it when the provider does not answer: given our own id, it would take the whole test run with it.
 */
function startHostage() {
  const hostage = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  hostage.unref();
  return hostage;
}

/**
 * Starts a provider that knows schemas, and an emulated account where one is given, on a free loopback port, speaking Terraform's plugin protocol 5.
 * Terraform is attached to it by TF_REATTACH_PROVIDERS and then neither downloads nor starts the real one.
 */
export async function startProvider(options: ProviderServerOptions): Promise<ProviderServer> {
  const { schema, address = 'registry.terraform.io/hashicorp/aws', onPlan, onApply, onRead, cloud } = options;
  const { replacing = cloud === undefined ? {} : REPLACING } = options;
  let count = 0;

  const block = (schemas: Readonly<Record<string, BlockSchema>>, type: string): BlockSchema => {
    const found = schemas[type];
    if (!found) throw new Error(`the schema of ${type} was not given`);
    return found;
  };
  const schemas = (from: Readonly<Record<string, BlockSchema>>) =>
    Object.fromEntries(Object.entries(from).map(([type, one]) => [type, { block: toWire(one) }]));

  const schemaMessage = {
    provider: { block: toWire(schema.provider) },
    resource_schemas: schemas(schema.resources),
    data_source_schemas: schemas(schema.dataSources),
    // As the real provider says: terraform asks once a command, not once for each thing that it does.
    server_capabilities: { get_provider_schema_optional: true },
  };

  const calls: Record<string, (request: ProviderRequest) => object | Promise<object>> = {
    GetSchema: () => schemaMessage,
    PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
    ValidateResourceTypeConfig: ({ type_name: type, config }) => validate(block(schema.resources, type), config),
    ValidateDataSourceConfig: ({ type_name: type, config }) => validate(block(schema.dataSources, type), config),
    Configure: () => ({}),
    // A state file's own encoding is one that the protocol knows, and schemas here have one version.
    UpgradeResourceState: ({ raw_state: raw }) => ({ upgraded_state: { json: raw?.json ?? Buffer.from('null') } }),
    ReadResource: async ({ type_name: type, current_state }) => {
      if (cloud !== undefined) return { new_state: dynamic(await cloud.read(type, value(current_state))) };
      return { new_state: onRead === undefined ? current_state : dynamic(onRead(type, value(current_state))) };
    },
    PlanResourceChange: async ({ type_name: type, prior_state, proposed_new_state }) => {
      await onPlan?.(type);
      const before = value(prior_state);
      const proposed = value(proposed_new_state);
      const replaced = (replacing[type] ?? []).filter(
        (name) => isObject(before) && isObject(proposed) && !isDeepStrictEqual(before[name], proposed[name]),
      );
      const planned = cloud === undefined ? plan : planKept;
      return {
        planned_state: dynamic(planned(block(schema.resources, type), before, proposed)),
        requires_replace: replaced.map((name) => ({ steps: [{ attribute_name: name }] })),
      };
    },
    ApplyResourceChange: async ({ type_name: type, prior_state, planned_state }) => {
      const before = value(prior_state);
      const planned = value(planned_state);
      const seed = `${type}:${count++}`;
      if (cloud !== undefined) return applyIn(cloud, type, before, planned);
      const after = apply(block(schema.resources, type), planned, seed);
      await onApply?.({ type, before, after });
      return { new_state: dynamic(after) };
    },
    ReadDataSource: async ({ type_name: type, config }) => {
      const answer = read(block(schema.dataSources, type), value(config), type);
      const told = cloud === undefined ? {} : await cloud.readData(type, value(config));
      return { state: dynamic(isObject(answer) ? { ...answer, ...told } : answer) };
    },
    Stop: () => ({}),
  };

  const definition = loadSync(join(__dirname, 'provider.proto'), {
    keepCase: true,
    enums: String,
    defaults: true,
    longs: Number,
  });
  const loaded = loadPackageDefinition(definition) as unknown as {
    tfplugin5: { Provider: { service: Parameters<Server['addService']>[0] } };
  };
  const handlers: UntypedServiceImplementation = Object.fromEntries(
    Object.entries(calls).map(([name, answer]) => [
      name,
      (call: { request: ProviderRequest }, callback: (error: Error | null, response?: object) => void) => {
        // A fault here is a diagnostic of the call, so that terraform says which resource it was about.
        new Promise<object>((resolve) => {
          resolve(answer(call.request));
        }).then(
          (response) => callback(null, response),
          (error: unknown) => {
            const summary = error instanceof Error ? error.message : String(error);
            callback(null, { diagnostics: [{ severity: 'ERROR', summary }] });
          },
        );
      },
    ]),
  );

  // Requests hold whole resources, some larger than gRPC's 4 MB.
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(loaded.tfplugin5.Provider.service, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  const hostage = startHostage();
  return {
    reattach: JSON.stringify({
      [address]: {
        Protocol: 'grpc',
        ProtocolVersion: 5,
        Pid: hostage.pid,
        // Terraform then leaves stopping it to us.
        Test: true,
        Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
      },
    }),
    applied: () => count,
    close: () => {
      server.forceShutdown();
      hostage.kill();
    },
  };
}
