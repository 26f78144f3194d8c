import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AwsApi,
  ApiError,
  coverage,
  EmulatedCloud,
  REPLACING,
  RESOURCES,
} from '../../../../testbed/fakes/terraform/resources';
import { awsSchema } from '../../../../testbed/fakes/terraform/schema';
import { parseXml, toXml } from '../../../../testbed/fakes/terraform/resources/xml';

/** The identity service of a tiny AWS: roles by name, in the query protocol, as strict about names as the real one. */
class Roles {
  readonly roles = new Map<string, URLSearchParams>();
  readonly actions: string[] = [];
  readonly #server: Server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      const [status, xml] = this.#answer(new URLSearchParams(body));
      res.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(asked: URLSearchParams): [number, string] {
    const [action, name] = [asked.get('Action') ?? '', asked.get('RoleName') ?? ''];
    this.actions.push(action);
    const role = this.roles.get(name);
    const error = (status: number, code: string): [number, string] => [
      status,
      `<ErrorResponse><Error><Code>${code}</Code><Message>${name} &amp; more</Message></Error></ErrorResponse>`,
    ];
    if (action === 'CreateRole') {
      if (role !== undefined) return error(409, 'EntityAlreadyExists');
      this.roles.set(name, asked);
    } else if (role === undefined) return error(404, 'NoSuchEntity');
    if (action === 'UpdateRole') role?.set('Description', asked.get('Description') ?? '');
    if (action === 'DeleteRole') this.roles.delete(name);
    const { Description, AssumeRolePolicyDocument } = Object.fromEntries(this.roles.get(name) ?? []);
    const document = encodeURIComponent(AssumeRolePolicyDocument ?? '');
    return [
      200,
      `<${action}Response><${action}Result><Role><Arn>arn:aws:iam::1:role/${name}</Arn><Description>${Description ?? ''}</Description><AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument></Role></${action}Result></${action}Response>`,
    ];
  }
}

const ROLE = {
  name: 'task',
  description: 'Runs',
  assume_role_policy: '{"Version":"2012-10-17","Statement":[]}',
  max_session_duration: 3600,
};

describe('resources in an emulated account', () => {
  const roles = new Roles();
  let cloud: EmulatedCloud;
  beforeAll(async () => {
    cloud = new EmulatedCloud(new AwsApi(await roles.start(), 'eu-north-1', '111111111111'));
  });
  afterAll(() => roles.close());

  it('are known for every type that stacks can emit, with what replaces them', () => {
    const { resources } = awsSchema();
    expect(Object.keys(RESOURCES).sort()).toEqual(Object.keys(resources).sort());
    expect(Object.keys(REPLACING).sort()).toEqual(Object.keys(resources).sort());
    for (const [type, names] of Object.entries(REPLACING)) {
      const { required, optional, optionalComputed, blocks } = resources[type]!;
      const there = Object.keys({ ...required, ...optional, ...optionalComputed, ...blocks });
      expect(there).toEqual(expect.arrayContaining([...names]));
    }
  });

  it('are made, changed in place, found as they are, and removed', async () => {
    const told = await cloud.change('aws_iam_role', null, ROLE);
    expect(told).toEqual({ id: 'task', arn: 'arn:aws:iam::1:role/task' });
    const state = { ...ROLE, ...told };
    expect(await cloud.read('aws_iam_role', state)).toEqual(state);
    const changed = { ...state, description: 'Runs on' };
    await cloud.change('aws_iam_role', state, changed);
    expect(await cloud.read('aws_iam_role', changed)).toEqual(changed);
    // What others did behind terraform.
    roles.roles.get('task')?.set('Description', 'Mine');
    expect(await cloud.read('aws_iam_role', changed)).toEqual({ ...changed, description: 'Mine' });
    await cloud.change('aws_iam_role', changed, null);
    expect(await cloud.read('aws_iam_role', changed)).toBeNull();
    // Gone already is gone.
    await expect(cloud.change('aws_iam_role', changed, null)).resolves.toEqual({});
  });

  it('are refused where the name is taken, in the words of the service', async () => {
    await cloud.change('aws_iam_role', null, ROLE);
    const refusal = cloud.change('aws_iam_role', null, ROLE);
    await expect(refusal).rejects.toThrow(ApiError);
    await expect(refusal).rejects.toThrow('iam:CreateRole: EntityAlreadyExists: task & more');
  });

  it('are counted by who answers for them', () => {
    expect(coverage(['aws_vpc', 'aws_ecs_service', 'aws_acm_certificate_validation'])).toEqual({
      called: ['aws_vpc'],
      faked: ['aws_ecs_service'],
      neither: ['aws_acm_certificate_validation'],
    });
  });

  it('reads and writes XML as AWS does', () => {
    expect(
      parseXml(
        '<?xml version="1.0"?><R xmlns="x"><a>1 &lt; 2</a><s><item><b/></item><item>t</item></s><c>1</c><c>2</c></R>',
      ),
    ).toEqual({
      a: '1 < 2',
      s: [{ b: '' }, 't'],
      c: ['1', '2'],
    });
    expect(toXml('R', { a: '1 < 2', b: [true, 2], c: undefined })).toBe('<R><a>1 &lt; 2</a><b>true</b><b>2</b></R>');
  });
});
