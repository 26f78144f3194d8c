import { catalogueOf, milliseconds, seconds } from './entry';

/** The code of a call that was refused because the task was full. */
export const REFUSED_FULL = 'at_capacity';
/** The codes of calls that were refused because a limit on cost was reached. */
export const REFUSED_FOR_COST = ['caller_limit_reached', 'day_quota_reached'] as const;

/** What happens in the process, outside of any one call. */
export const SERVICE_EVENTS = catalogueOf({
  callRefused: {
    description: 'A caller was sent away; `code` is in errors.md.',
    message: 'call refused',
    fields: { code: 'word' },
    optional: { requestId: 'word' },
    metrics: {
      callsRefused: {
        description: 'Calls refused, by error code.',
        prometheus: { type: 'counter', name: 'calls_refused_total', labels: { code: 'code' } },
        cloudwatch: { name: 'CallsRefused', kind: 'counted' },
      },
      callsRefusedFull: {
        description: 'Calls refused because every place was used.',
        cloudwatch: { name: 'CallsRefusedFull', kind: 'counted', where: { field: 'code', oneOf: [REFUSED_FULL] } },
      },
      callsRefusedForCost: {
        description: 'Calls refused because a limit on cost was reached.',
        cloudwatch: { name: 'CallsRefusedForCost', kind: 'counted', where: { field: 'code', oneOf: REFUSED_FOR_COST } },
      },
    },
  },
  callSentOn: {
    description:
      'A start, or a telephone call that Daily holds, which this task could not take was sent on through the load balancer, to another task.',
    message: 'call sent on',
    fields: { requestId: 'word', why: 'word', hop: 'number' },
    metrics: {
      callsSentOn: {
        description: 'Starts and telephone calls sent on through the load balancer, to find a task that can take them.',
        prometheus: { type: 'counter', name: 'calls_sent_on_total', labels: { why: 'why' } },
        cloudwatch: { name: 'CallsSentOn', kind: 'counted' },
      },
    },
  },
  transportIncident: {
    description: "Something broke on the caller's side of the bot, mended or not.",
    fields: { what: 'word' },
    metrics: {
      transportIncidents: {
        description: 'Things that broke in a transport, by what.',
        prometheus: { type: 'counter', name: 'transport_incidents_total', labels: { what: 'what' } },
      },
    },
  },
  httpRequest: {
    description: 'An HTTP request was answered. What only looks is logged at debug.',
    message: 'http request',
    /** `route` is the pattern that matched, not the path. */
    fields: { requestId: 'word', method: 'word', route: 'word', status: 'number', durationMs: 'fineMs' },
    metrics: {
      httpMs: {
        description: 'HTTP requests.',
        value: 'durationMs',
        prometheus: {
          ...seconds('http_request_seconds', 'http'),
          labels: { method: 'method', route: 'route', status: 'status' },
        },
      },
      serverErrors: {
        description: 'HTTP requests answered with 5xx.',
        cloudwatch: { name: 'ServerErrors', kind: 'counted', where: { field: 'status', atLeast: 500 } },
      },
    },
  },
  httpMalformed: {
    description: 'Bytes on the port that are no HTTP request.',
    fields: {},
    metrics: {
      httpMalformed: {
        description: 'Bytes on the port that are no HTTP request.',
        prometheus: { type: 'counter', name: 'http_malformed_total' },
      },
    },
  },
  connectionsCapped: {
    description: 'There were too many HTTP connections: idle ones were closed, so many since the last such line.',
    message: 'too many connections',
    level: 'warn',
    fields: { closed: 'number', max: 'number' },
    metrics: {
      connectionsCapped: {
        description: 'HTTP connections closed because there were too many, told once a minute.',
        value: 'closed',
        prometheus: { type: 'counter', name: 'http_connections_capped_total' },
      },
    },
  },
  processFailed: {
    description: 'An exception that nobody caught: the process ends.',
    message: 'an exception that nobody caught',
    level: 'fatal',
    fields: { kind: ['uncaught_exception', 'unhandled_rejection'] },
    metrics: {
      processFailures: {
        description: 'Exceptions nobody caught.',
        prometheus: { type: 'counter', name: 'process_failures_total', labels: { kind: 'kind' } },
      },
    },
  },
  taskProtected: {
    description: 'ECS was told to leave this task alone (`protected`), or that it need not any more.',
    message: 'task protection',
    fields: { protected: 'flag', minutes: 'number', calls: 'number' },
  },
  taskProtectionFailed: {
    description: 'ECS could not be told to leave this task alone: scaling in or a release may end its calls.',
    message: 'task protection failed',
    level: 'warn',
    fields: { why: 'word', calls: 'number' },
    metrics: {
      protectionFailures: {
        description: 'Times that ECS could not be told to leave this task alone.',
        prometheus: { type: 'counter', name: 'task_protection_failures_total', labels: { why: 'why' } },
        cloudwatch: { name: 'TaskProtectionFailures', kind: 'counted' },
      },
    },
  },
  deploymentChanged: {
    description:
      "This task's service has a newer deployment, so new calls go elsewhere (`outdated`), or it is current again.",
    message: 'deployment changed',
    fields: { outdated: 'flag', activeCalls: 'number' },
  },
  usageUnknown: {
    description: 'The table of calls and minutes could not be asked: this task goes by what it counted itself.',
    message: 'usage not known',
    level: 'warn',
    fields: { step: 'word' },
    metrics: {
      usageUnknown: {
        description: 'Times that the table of calls and minutes could not be asked.',
        prometheus: { type: 'counter', name: 'usage_unknown_total', labels: { step: 'step' } },
        cloudwatch: { name: 'UsageUnknown', kind: 'counted' },
      },
    },
  },
  serviceStats: {
    description: 'Every 60 s from every task: how full it is, and how well it runs.',
    message: 'service stats',
    fields: { activeCalls: 'number', maxCalls: 'number', eventLoopLagMs: 'number', rssMb: 'number' },
    /** Prometheus reads the gauges among them at each scrape. */
    metrics: {
      activeCalls: {
        description: 'Calls at this moment.',
        value: 'activeCalls',
        prometheus: { type: 'gauge', name: 'calls_active' },
        cloudwatch: { name: 'ActiveCalls', kind: 'measured', unit: 'Count' },
      },
      maxCalls: {
        description: 'Calls there may be at the same time.',
        value: 'maxCalls',
        prometheus: { type: 'gauge', name: 'calls_capacity' },
        cloudwatch: { name: 'MaxCalls', kind: 'measured', unit: 'Count' },
      },
      eventLoopLagMs: {
        description: 'Event-loop lateness, worst of the last seconds.',
        value: 'eventLoopLagMs',
        prometheus: { type: 'gauge', name: 'event_loop_lag_max_seconds', fromMs: true },
        cloudwatch: milliseconds('EventLoopLagMs'),
      },
      rssMb: {
        description: 'Memory of the process, in MiB.',
        value: 'rssMb',
        cloudwatch: { name: 'RssMb', kind: 'measured', unit: 'Megabytes' },
      },
    },
  },
  metrics: {
    description: 'The numbers of the last minute in the embedded metric format, from which CloudWatch takes them.',
    message: 'metrics',
    fields: { _aws: 'object' },
  },
  callRecordWritten: {
    description: 'A call record, or a piece of a recording, is where it is kept.',
    fields: { kind: ['record', 'recording'], bytes: 'number' },
    metrics: {
      callRecordsWritten: {
        description:
          'Call records, as often as each was written, and pieces of recordings that are where they are kept.',
        prometheus: { type: 'counter', name: 'call_records_written_total', labels: { kind: 'kind' } },
      },
    },
  },
  callRecordNotWritten: {
    description: 'A call record, or a piece of a recording, could not be written: it waits, and is tried again.',
    message: 'call record not written',
    level: 'warn',
    fields: { kind: ['record', 'recording'] },
    metrics: {
      callRecordFailures: {
        description: 'Attempts to write call records and pieces of recordings that failed.',
        prometheus: { type: 'counter', name: 'call_record_failures_total', labels: { kind: 'kind' } },
      },
    },
  },
  callRecordDropped: {
    description:
      'A call record, or a piece of a recording, found no room to wait in, or the process ended: it is lost.',
    message: 'call record dropped',
    level: 'error',
    fields: { kind: ['record', 'recording'], bytes: 'number' },
    metrics: {
      callRecordsDropped: {
        description: 'Call records, as often as each was to be written, and pieces of recordings that were lost.',
        prometheus: { type: 'counter', name: 'call_records_dropped_total', labels: { kind: 'kind' } },
        cloudwatch: { name: 'CallRecordsDropped', kind: 'counted' },
      },
    },
  },
  callEventDelivered: {
    description: 'An event of a call was taken by who wanted to hear it.',
    fields: { destination: ['bus', 'webhook'] },
    metrics: {
      callEventsDelivered: {
        description: 'Events of calls that were taken, by who took them.',
        prometheus: { type: 'counter', name: 'call_events_delivered_total', labels: { destination: 'destination' } },
      },
    },
  },
  callEventNotDelivered: {
    description: 'An event of a call was not taken; it is tried again unless it was refused.',
    message: 'call event not delivered',
    level: 'warn',
    fields: { destination: ['bus', 'webhook'], attempt: 'number' },
    metrics: {
      callEventFailures: {
        description: 'Attempts to deliver events of calls that failed.',
        prometheus: { type: 'counter', name: 'call_event_failures_total', labels: { destination: 'destination' } },
      },
    },
  },
  callEventUndelivered: {
    description: 'Nobody took an event of a call: it is among the undelivered ones.',
    message: 'call event undelivered',
    level: 'error',
    fields: { destination: ['bus', 'webhook'], type: 'word', why: 'word' },
    metrics: {
      callEventsUndelivered: {
        description: 'Events of calls that nobody took, and that wait for somebody to look.',
        prometheus: { type: 'counter', name: 'call_events_undelivered_total', labels: { destination: 'destination' } },
      },
    },
  },
  callEventLost: {
    description: 'Nobody took an event of a call, and it could not be kept either.',
    message: 'call event lost',
    level: 'error',
    fields: { destination: ['bus', 'webhook'], type: 'word', why: 'word' },
    metrics: {
      callEventsLost: {
        description: 'Events of calls that are lost.',
        prometheus: { type: 'counter', name: 'call_events_lost_total', labels: { destination: 'destination' } },
      },
    },
  },
});
