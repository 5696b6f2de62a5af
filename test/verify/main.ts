/**
 * `npm run verify:peers`: holds everything in rows.ts to the laws, for a short time each, and writes docs/verify-peers.md. With a word
 * behind it, of those alone that have the word in their names, and writes nothing.
 */

import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { findingsOf } from '../../src/cli/run-verify.ts';
import { summaryText } from '../../src/cli/verify-text.ts';
import { TargetError } from '../../src/testing/targets/target-error.ts';
import { type Verified, page, stepsMax } from './page.ts';
import { type Row, rows } from './rows.ts';

const seed = 1;
const seconds = Number(process.env['VERIFY_SECONDS'] ?? 30);
/** Long plays: what is started is started for each. */
const bounds = { runs: 200, stepsMax, shrinkSecondsMax: 20 };
/** Most of the time is spent waiting for processes. */
const atOnce = 2;

const [, , word] = process.argv;
const say = (text: string): void => void process.stderr.write(text);
const wanted = rows.filter(({ what, name }) => word === undefined || `${what} ${name}`.includes(word));
const results = new Map<Row, Verified>();
const without: string[] = [];
const queue = [...wanted];

async function work(): Promise<void> {
  for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
    const title = `${row.what}, ${row.name}`;
    const request = {
      target: row.target,
      eras: [row.era],
      tools: 'read-only',
      writesBaseline: false,
      json: false,
    } as const;
    const around = { err: { write: () => {} }, width: 120, signal: new AbortController().signal };
    try {
      const findings = await findingsOf(
        { ...request, ...bounds, timeSecondsMax: seconds * (row.times ?? 1) },
        row.era,
        seed,
        new Map(),
        around,
      );
      results.set(row, { row, findings });
      say(`${title}\n${summaryText(findings, { width: 120, hasColours: false, tapeOf: () => undefined })}\n`);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      without.push(title);
      say(`${title}: ${error.message}\n`);
    }
  }
}

await Promise.all(Array.from({ length: atOnce }, work));
if (word === undefined) {
  const all = rows.flatMap((row) => results.get(row) ?? []);
  writeFileSync(
    'docs/verify-peers.md',
    await format(page(all, without), { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' }),
  );
}
