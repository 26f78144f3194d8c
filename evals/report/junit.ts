import type { RunAbout } from './about';
import { countsOf } from './lines';
import type { RunResult } from './result';
import { simulationLines } from './simulation-lines';

const MAX_DETAIL = 2_000;

/** JUnit's XML: a suite an agent, a test case a scenario. */
export function junitXml(results: readonly RunResult[], about: RunAbout): string {
  const suites = [...new Set(results.map(({ agent }) => agent))].map((agent) => {
    const own = results.filter((one) => one.agent === agent);
    const { failed, stale, errors, notRun } = countsOf(own);
    const time = own.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
    return [
      `  <testsuite name="${escaped(`${agent} (${about.mode})`)}" tests="${own.length}" failures="${failed}" errors="${errors + stale}" skipped="${notRun}" time="${time.toFixed(3)}">`,
      '    <properties>',
      ...Object.entries<string>({ ...about }).map(
        ([name, value]) => `      <property name="${name}" value="${escaped(value)}"/>`,
      ),
      '    </properties>',
      ...own.flatMap(testCase),
      '  </testsuite>',
    ];
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites.flat(), '</testsuites>', ''].join('\n');
}

function testCase(result: RunResult): readonly string[] {
  const { agent, scenario, outcome, failures, durationMs, reason, simulation } = result;
  const head = `    <testcase classname="${escaped(agent)}" name="${escaped(scenario)}" time="${(durationMs / 1000).toFixed(3)}"`;
  const told =
    simulation === undefined
      ? []
      : [`      <system-out>${escaped(simulationLines(simulation).join('\n'))}</system-out>`];
  if (outcome === 'pass') return told.length === 0 ? [`${head}/>`] : [`${head}>`, ...told, '    </testcase>'];
  const details = failures
    .flatMap(({ turn, detail, diff = [] }) => [`${turn === undefined ? '' : `turn ${turn + 1}: `}${detail}`, ...diff])
    .join('\n');
  const inner =
    outcome === 'not-run'
      ? `      <skipped message="${escaped(reason ?? '')}"/>`
      : `      <${outcome === 'fail' ? 'failure' : 'error'} message="${escaped(failures[0]?.detail ?? '')}">${escaped(details)}</${outcome === 'fail' ? 'failure' : 'error'}>`;
  return [`${head}>`, inner, ...told, '    </testcase>'];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML takes it; characters that XML has no way to say are left out. */
function escaped(text: string): string {
  return text
    .slice(0, MAX_DETAIL)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
