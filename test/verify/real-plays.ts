/**
 * `npm run plays:real -- --runs 200`: plays with this proxy as it is installed, in processes of its own, each front in front of each
 * kind of server in each era. Says in a table how many plays each had, what one took, and which laws were broken; exits with 1 when one was.
 */

import { parseArgs } from 'node:util';
import { summaryText } from '../../src/cli/verify-text.ts';
import { verdictOf } from '../../src/testing/report/verdict.ts';
import { keptTarget } from '../../src/testing/targets/kept-target.ts';
import { realTarget } from '../../src/testing/targets/real-target.ts';
import { explore } from '../../src/testing/verify/explore.ts';
import { surveyProxy } from '../../src/testing/verify/survey.ts';
import { ownRows } from './rows.ts';

const usage = `npm run plays:real -- [--runs N] [--seed S] [--seconds N] [--only WORDS]

  --runs N      plays of each pair: 200 unless said otherwise
  --seed S      the seed of the plays: 1 unless said otherwise
  --seconds N   no further play of a pair after so long: 600 unless said otherwise
  --only WORDS  the pairs alone that have these words in their names`;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '600' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.help) say(usage);

for (const { name, target: options, era } of values.help ? [] : ownRows) {
  if (!name.includes(values.only)) continue;
  const kept = keptTarget({ ...options, era });
  const fresh = realTarget({ ...options, era, quiet: { quietMs: 400, owedMs: 6000 } });
  const facts = await surveyProxy(fresh);
  const findings = await explore({
    target: { ...kept, ...facts },
    patient: { ...fresh, ...facts },
    seed: Number(values.seed),
    limits: { runs: Number(values.runs), timeMsMax: Number(values.seconds) * 1000, callsMax: Infinity },
    performing: { patienceMs: 2000, connectionsMax: 3 },
  });
  await kept.end();
  const broken = findings.laws.filter((finding) => ['broken', 'note'].includes(verdictOf(finding)));
  const unsteady = findings.laws.filter(({ isUnsteady }) => isUnsteady).map(({ law }) => law.id);
  const each = findings.elapsedMs / Math.max(1, findings.runs);
  const cells = [name.padEnd(30), `${findings.runs} plays`.padStart(10), `${each.toFixed(0)} ms each`.padStart(13)];
  const started = `${kept.starts()} starts`.padStart(11);
  const leftovers = findings.leftovers === 0 ? [] : [`${findings.leftovers} leftovers`];
  const outcome = broken.length === 0 ? 'nothing broken' : broken.map(({ law }) => law.id).join(', ');
  say(
    [
      ...cells,
      started,
      outcome,
      ...leftovers,
      ...(unsteady.length === 0 ? [] : [`once and not again: ${unsteady.join(', ')}`]),
    ].join('  '),
  );
  if (broken.length === 0) continue;
  process.exitCode = 1;
  say(summaryText(findings, { width: 120, hasColours: false, tapeOf: () => undefined }));
}
