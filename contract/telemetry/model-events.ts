import { catalogueOf, milliseconds, seconds } from './entry';

/** What happens between a call and its model. Every log line has `callId` and, when traced, `traceId`. */
export const MODEL_EVENTS = catalogueOf({
  modelFailed: {
    description: 'The model was lost for good, and the call with it.',
    message: 'model failed',
    level: 'error',
    fields: { code: 'word' },
    metrics: {
      modelFailures: {
        description: 'Models lost for good, and the calls with them.',
        cloudwatch: { name: 'ModelFailures', kind: 'counted' },
      },
    },
  },
  modelReconnecting: {
    description: 'A stream broke and is opened anew; `attempt` counts from the last one that worked.',
    message: 'model lost, reconnecting',
    level: 'warn',
    fields: { code: 'word', attempt: 'number' },
    metrics: {
      modelReconnectAttempts: {
        description: 'Model streams opened anew after a failure, by cause.',
        prometheus: { type: 'counter', name: 'model_reconnects_total', labels: { cause: 'code' } },
      },
    },
  },
  modelReconnected: {
    description: 'A broken stream was replaced; nobody listened for `gapMs`.',
    message: 'model reconnected',
    fields: { gapMs: 'ms' },
    metrics: {
      modelReconnects: {
        description: 'Broken model streams that were replaced.',
        cloudwatch: { name: 'ModelReconnects', kind: 'counted' },
      },
      modelGapMs: {
        description: 'How long nobody listened at a reconnect.',
        value: 'gapMs',
        prometheus: seconds('model_gap_seconds'),
        cloudwatch: milliseconds('ModelGapMs'),
      },
    },
    span: { name: 'reconnect', duration: 'gapMs' },
  },
  modelRotated: {
    description: "A stream was replaced on purpose before the model's eight minutes were over.",
    message: 'model rotated',
    fields: { gapMs: 'ms', ageMs: 'ms', forced: 'flag' },
    metrics: {
      rotationGapMs: {
        description: "Planned rotations of the model's stream: how long nobody listened.",
        value: 'gapMs',
        prometheus: seconds('rotation_gap_seconds', 'interruption'),
        cloudwatch: milliseconds('RotationGapMs'),
      },
    },
    span: { name: 'rotation', duration: 'gapMs' },
  },
  modelEnded: {
    description: 'A model session ended: `closed`, or the code of its failure.',
    fields: { end: 'word' },
    metrics: {
      modelEnds: {
        description: 'Model sessions ended, by how.',
        prometheus: { type: 'counter', name: 'model_ends_total', labels: { end: 'end' } },
      },
    },
  },
  toolCall: {
    description: 'The model used a tool.',
    message: 'tool call',
    /** `tool` is one that we offer, or `unknown`. */
    fields: { tool: 'word', outcome: 'word', durationMs: 'ms' },
    metrics: {
      toolMs: {
        description: 'Tool calls.',
        value: 'durationMs',
        prometheus: { ...seconds('tool_seconds'), labels: { tool: 'tool', outcome: 'outcome' } },
        cloudwatch: milliseconds('ToolMs'),
      },
      toolCalls: { description: 'Tool calls, counted.', cloudwatch: { name: 'ToolCalls', kind: 'counted' } },
    },
    span: {
      name: 'tool',
      duration: 'durationMs',
      attributes: ['tool', 'outcome'],
      failed: { field: 'outcome', noneOf: ['ok'] },
      genAi: { operation: 'execute_tool', named: 'tool', told: { 'gen_ai.tool.name': 'tool' } },
    },
  },
  tokensUsed: {
    description: 'The model reports what it used since its last report.',
    fields: { kind: ['input_speech', 'input_text', 'output_speech', 'output_text'], tokens: 'number' },
    metrics: {
      tokens: {
        description: 'Tokens used, as the model reports them.',
        value: 'tokens',
        prometheus: { type: 'counter', name: 'model_tokens_total', labels: { kind: 'kind' } },
      },
    },
  },
});
