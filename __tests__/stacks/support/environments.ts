import { settingsOf } from './synth';

/** Environments that together use every setting: two of the tests' own, and variants of them. */
export function variants(): Record<string, object> {
  const test = settingsOf('test');
  const prod = settingsOf('prod');
  const given = {
    ...test,
    accountId: '333333333333',
    bedrock: { region: 'us-east-1' },
    secrets: {
      mode: 'existing',
      useStaticCredentials: true,
      adminKey: true,
      readAtRuntime: true,
      existingKmsKeyArn: 'arn:aws:kms:eu-north-1:333333333333:key/0f3c1d2e-0000-4000-8000-000000000000',
      trail: 'existing',
    },
    network: {
      kind: 'existing',
      vpcId: 'vpc-0123456789abcdef0',
      publicSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetIds: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
    },
    domain: {
      name: 'voice.example.com',
      certificateArn: 'arn:aws:acm:eu-north-1:333333333333:certificate/0f3c1d2e-0000-4000-8000-000000000000',
    },
    loadBalancer: {},
    image: { repository: 'registry.example.com/voice/bot', digest: `sha256:${'ab'.repeat(32)}` },
    bot: { tracesEndpoint: 'https://collector.example.com/traces' },
    release: { strategy: 'canary', percent: 20 },
    iam: { rolePath: '/voice/', permissionsBoundaryArn: 'arn:aws:iam::333333333333:policy/boundary' },
    counts: {
      min: 1,
      max: 4,
      schedule: [{ name: 'office-hours', cron: '0 7 ? * MON-FRI *', timeZone: 'Europe/Berlin', min: 3, max: 10 }],
    },
    github: {
      ...(test['github'] as object),
      createProvider: false,
      environment: 'staging',
      ownerId: '123456',
      repositoryId: '456789',
    },
  };
  return {
    test,
    prod,
    // What others made: secrets, network, certificate, OIDC provider, image; the model in another region; a telephone at Daily.
    given: {
      ...given,
      dailyPhone: {
        numbers: { '+14155550100': 'assistant' },
        outbound: { callerIds: { '+14155550100': 'id-of-the-number' }, prefixes: ['+1415'] },
      },
    },
    // The longest name that an environment may have, every secret of the bot's, and a telephone.
    abcdefghijkl: {
      ...given,
      accountId: '666666666666',
      secrets: { mode: 'managed', trail: 'existing', adminKey: true, serverKey: true },
      records: {
        pseudonyms: true,
        analytics: true,
        events: {
          bus: true,
          targets: [
            'arn:aws:sqs:eu-north-1:666666666666:calls',
            'arn:aws:lambda:eu-north-1:666666666666:function:calls',
          ],
          webhook: 'https://crm.example.com:8443/calls',
        },
      },
      destinations: { reception: 'tel:+14155550123' },
      bot: { ...given.bot, maxCallMinutes: 45 },
      phone: {
        numbers: { '+14155550100': 'assistant', '+442079460100': 'assistant' },
        twilio: { region: 'ie1', edge: 'dublin' },
        outbound: { from: ['+14155550100'], prefixes: ['+1415', '+46'], dollarsPerDay: 20 },
      },
    },
    // As little as possible: straight from the page to one task.
    small: {
      ...test,
      transport: 'webrtc',
      accountId: '444444444444',
      network: { kind: 'default' },
      loadBalancer: { allowPlainHttp: true, waf: false },
      counts: { min: 0, max: 1 },
      secrets: { startKey: false, useStaticCredentials: true },
      records: { keep: false },
      github: undefined,
    },
    // AWS by endpoints only.
    closed: {
      ...test,
      accountId: '555555555555',
      region: 'us-east-1',
      bedrock: { modelIds: ['amazon.nova-2-5-sonic', 'amazon.nova-2-sonic-v1:0'] },
      network: {
        kind: 'new',
        zoneIds: ['use1-az1', 'use1-az2'],
        endpoints: ['secretsmanager', 'logs', 'ecr', 'bedrock-runtime'],
      },
      release: { strategy: 'linear', percent: 25, stepMinutes: 5, bakeMinutes: 15 },
      loadBalancer: { allowPlainHttp: true, internal: true, allowedCidrs: ['10.20.0.0/16', '10.99.0.0/16'] },
      records: { retentionDays: 3 },
      bot: {
        systemPrompt: 'You say "hello" and cost ${nothing} or %{little}.',
        allowedOrigins: ['https://a.example', 'https://b.example'],
        tracesEndpoint: 'http://collector.example.com:4318',
      },
    },
  };
}
