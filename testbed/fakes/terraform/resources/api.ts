import type { Body } from './body';
import { type Parsed, parseXml, toXml } from './xml';

/** How a service is asked: AWS's query protocol, its JSON protocol, or REST with XML. */
type Wire =
  | { readonly kind: 'query'; readonly version: string; readonly lists?: 'plain' }
  | { readonly kind: 'json'; readonly target: string }
  | { readonly kind: 'rest' };

const json = (target: string): Wire => ({ kind: 'json', target });
const query = (version: string, lists?: 'plain'): Wire => ({ kind: 'query', version, ...(lists && { lists }) });

/** The services by the name that requests are signed for. */
export const SERVICES = {
  ec2: query('2016-11-15', 'plain'),
  elasticloadbalancing: query('2015-12-01'),
  iam: query('2010-05-08'),
  monitoring: query('2010-08-01'),
  sns: query('2010-03-31'),
  acm: json('CertificateManager'),
  'application-autoscaling': json('AnyScaleFrontendService'),
  athena: json('AmazonAthena'),
  cloudtrail: json('CloudTrail_20131101'),
  dynamodb: json('DynamoDB_20120810'),
  ecr: json('AmazonEC2ContainerRegistry_V20150921'),
  ecs: json('AmazonEC2ContainerServiceV20141113'),
  events: json('AWSEvents'),
  glue: json('AWSGlue'),
  kms: json('TrentService'),
  logs: json('Logs_20140328'),
  secretsmanager: json('secretsmanager'),
  sqs: json('AmazonSQS'),
  states: json('AWSStepFunctions'),
  wafv2: json('AWSWAF_20190729'),
  s3: { kind: 'rest' },
  route53: { kind: 'rest' },
} as const satisfies Record<string, Wire>;
export type Service = keyof typeof SERVICES;

/** An error that the service answered with. */
export class ApiError extends Error {
  constructor(
    readonly action: string,
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(`${action}: ${code}: ${message}`);
    this.name = 'ApiError';
  }

  /** Whether it says that what was asked about is not there. */
  get isAbsence(): boolean {
    return this.status === 404 || /NotFound|NoSuch|NonExist|DoesNotExist|Nonexistent/i.test(this.code);
  }
}

/** What a service answered, by a path such as `vpc.vpcId` or `items.0.name`. */
export class Answer {
  constructor(readonly value: unknown) {}

  at(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>(
        (value, key) =>
          typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
        this.value,
      );
  }

  text(path: string): string | undefined {
    const value = this.at(path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** A list, or the one element where XML does not tell. */
  list(path: string): Answer[] {
    const value = this.at(path) ?? [];
    return (Array.isArray(value) ? value : value === '' ? [] : [value]).map((one) => new Answer(one));
  }
}

/** As the query protocol writes structures: `Name.1.Key=value`. */
function flatten(body: Body, plain: boolean, prefix = ''): [string, string][] {
  if (body === undefined) return [];
  if (Array.isArray(body)) {
    const list = plain || prefix === '' ? prefix : `${prefix}.member`;
    return body.flatMap((one: Body, index) => flatten(one, plain, `${list}.${index + 1}`));
  }
  if (typeof body !== 'object') return [[prefix, String(body)]];
  return Object.entries(body).flatMap(([key, one]) => flatten(one, plain, prefix === '' ? key : `${prefix}.${key}`));
}

/** AWS's APIs at one address. Requests name service and region as signed ones do; an emulator checks no signature. */
export class AwsApi {
  constructor(
    readonly url: string,
    readonly region: string,
    readonly accountId: string,
  ) {}

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  /** @param action such as `CreateVpc`; of REST services method and path. @throws ApiError */
  async ask(service: Service, action: string, body: Body = {}): Promise<Answer> {
    const wire: Wire = SERVICES[service];
    const now = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const region = service === 'iam' || service === 'route53' ? 'us-east-1' : this.region;
    const headers: Record<string, string> = {
      authorization: `AWS4-HMAC-SHA256 Credential=${this.accountId}/${now.slice(0, 8)}/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-date': now,
    };
    let [method, path, content]: [string, string, string | undefined] = ['POST', '/', undefined];
    if (wire.kind === 'query') {
      headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8';
      const said = flatten(body, wire.lists === 'plain');
      content = new URLSearchParams([['Action', action], ['Version', wire.version], ...said]).toString();
    } else if (wire.kind === 'json') {
      headers['content-type'] = 'application/x-amz-json-1.1';
      headers['x-amz-target'] = `${wire.target}.${action}`;
      content = JSON.stringify(body);
    } else {
      [method = 'GET', path = '/'] = action.split(' ');
      if (typeof body === 'string') content = body;
      else if (typeof body === 'object' && Object.keys(body).length > 0) {
        content = Object.entries(body)
          .map(([name, one]) => toXml(name, one))
          .join('');
      }
    }
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(content !== undefined && { body: content }),
    });
    const text = await response.text();
    const answer = new Answer(readAnswer(text));
    if (response.ok) return answer;
    throw new ApiError(
      `${service}:${action}`,
      response.status,
      answer.text('__type')?.split('#').at(-1) ?? findText(answer, 'Code') ?? String(response.status),
      answer.text('message') ?? answer.text('Message') ?? findText(answer, 'Message') ?? text,
    );
  }
}

function readAnswer(text: string): unknown {
  if (text.trimStart().startsWith('<')) return unwrapped(parseXml(text));
  return /^\s*[[{]/.test(text) ? (JSON.parse(text) as unknown) : text;
}

/** The query protocol puts an answer into `<Action>Result`. */
function unwrapped(parsed: Parsed): Parsed {
  if (typeof parsed === 'string' || Array.isArray(parsed)) return parsed;
  const result = Object.entries(parsed).find(([name]) => name.endsWith('Result'));
  return result === undefined ? parsed : result[1];
}

/** Where an XML error keeps its words differs by protocol. */
const findText = (answer: Answer, name: string): string | undefined =>
  answer.text(name) ?? answer.text(`Error.${name}`) ?? answer.text(`Errors.Error.${name}`);
