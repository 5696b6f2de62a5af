/** The part of the admin API that tries rules out on live frames: what they would do is counted, and nothing of it is done. */

import type { Administered, AdministeredEngine } from './administered.ts';
import type { ApiAnswer, ApiCall, Operation } from './operation.ts';

export const dryRunOperations: readonly Operation[] = [
  {
    name: 'getDryRun',
    method: 'GET',
    path: '/rules/dry-run',
    answer: (_call, { engine }) => reportOf(engine),
  },
  { name: 'startDryRun', method: 'POST', path: '/rules/dry-run', answer: start },
  {
    name: 'stopDryRun',
    method: 'DELETE',
    path: '/rules/dry-run',
    answer: (_call, { engine }) => {
      engine?.liveDryRun.stop();
      return reportOf(engine);
    },
  },
];

function reportOf(engine: AdministeredEngine | undefined): ApiAnswer {
  const report = engine?.liveDryRun.report();
  return report === undefined ? { problem: 'NO_DRY_RUN' } : { status: 200, body: report };
}

async function start({ body }: ApiCall, { engine, takesFaults = false }: Administered): Promise<ApiAnswer> {
  if (engine === undefined) return { problem: 'NO_RULES' };
  const text = typeof body === 'object' && body !== null && 'text' in body ? body.text : undefined;
  if (typeof text !== 'string') {
    return { problem: 'BAD_REQUEST', message: 'The body is {"text": TEXT}, the text of a rule file' };
  }
  const { readRuleFile } = await import('../rules/rule-file.ts');
  // Nothing is answered by a dry run: what a mock would answer stays unread, and plugins are not loaded.
  const read = readRuleFile(text, { takesFaults, readMock: () => ({ text: 'null' }) });
  if ('problems' in read) return { problem: 'RULES_NOT_TAKEN', mistakes: read.problems };
  engine.liveDryRun.start(read.rules);
  return reportOf(engine);
}
