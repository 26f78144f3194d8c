import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../contract/make-folder';
import { jsonLines, junitXml, markdownSummary, type RunAbout, type RunResult } from '../report';
import { evalPage } from './page';

/** Where reports of a run go; those that are undefined are not written. */
export interface ReportFiles {
  /** JUnit's XML. */
  readonly junit: string | undefined;
  /** `results.jsonl` */
  readonly results: string | undefined;
  /** A folder for the page of the calls. */
  readonly html: string | undefined;
  /** A summary in Markdown is added to it. */
  readonly summary?: string | undefined;
}

/** @returns where the page of the calls is, if there is one */
export function writeReports(
  runs: readonly RunResult[],
  about: RunAbout,
  { junit, results, html, summary }: ReportFiles,
): string | undefined {
  if (junit !== undefined) writeFileSync(junit, junitXml(runs, about));
  if (results !== undefined) writeFileSync(results, jsonLines(runs, about));
  if (summary !== undefined) appendFileSync(summary, markdownSummary(runs, about));
  if (html === undefined) return undefined;
  makeFolder(html);
  const page = path.join(html, 'index.html');
  writeFileSync(page, evalPage(runs, about));
  return page;
}
