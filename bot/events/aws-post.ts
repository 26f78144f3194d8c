/** Asks a service of AWS by its JSON protocol. @returns what it answered @throws AwsRefusal, or what `fetch` throws */
export type AwsPost = (action: string, body: object, signal?: AbortSignal) => Promise<unknown>;

/** An error that the service answered with. */
export class AwsRefusal extends Error {
  constructor(
    action: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(`${action} was answered with ${code}`);
    this.name = 'AwsRefusal';
  }
}

/** The services that events go to, and how each names its actions and its version of the protocol. */
const SERVICES = {
  events: { target: 'AWSEvents', version: '1.1' },
  sqs: { target: 'AmazonSQS', version: '1.0' },
} as const;

const ANSWER_WITHIN_MS = 5_000;

/**
 * Requests to a service, signed by the task's role (Signature Version 4). Their clients of the SDK are a megabyte each in the
 * image, for one action.
 */
export async function awsPost(
  service: keyof typeof SERVICES,
  { region, endpointUrl }: { readonly region: string; readonly endpointUrl: string | undefined },
): Promise<AwsPost> {
  const [{ SignatureV4 }, { Sha256 }, { defaultProvider }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
    import('@aws-sdk/credential-provider-node'),
  ]);
  const signer = new SignatureV4({ service, region, credentials: defaultProvider(), sha256: Sha256 });
  const url = new URL(endpointUrl ?? `https://${service}.${region}.amazonaws.com`);
  const { target, version } = SERVICES[service];
  return async (action, said, signal = AbortSignal.timeout(ANSWER_WITHIN_MS)) => {
    const body = JSON.stringify(said);
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      headers: {
        host: url.host,
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': `${target}.${action}`,
      },
      body,
    });
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    const answer = parsed(await response.text());
    if (response.ok) return answer;
    const { __type: type = String(response.status) } = answer as { readonly __type?: string };
    throw new AwsRefusal(action, response.status, type.split('#').at(-1) ?? type);
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
