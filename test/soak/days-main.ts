/** Lives simulated days over the timers of a runtime: `npm run soak:days -- --days N [--seed S]`. Exits with 1 when a law was broken. */

import { Command, InvalidArgumentError } from 'commander';
import { Playbook } from '../../src/testing/playbook.ts';
import { liveOverHttp } from './days-http.ts';
import { liveForMonths } from './days-long.ts';
import { tagSettings } from './days-tags.ts';
import { liveOnTokens } from './days-tokens.ts';
import { liveFor, usualTimes } from './days.ts';
import { Chance } from './random.ts';
import { wholeNumber } from './whole-number.ts';

interface Options {
  readonly days: number;
  readonly seed: number;
}

const { days, seed } = new Command('npm run soak:days --')
  .description(
    'Lives days of virtual time: deadlines, idle and old sessions, restarts of servers, listeners, limits by tag; ' +
      'silent streams over HTTP and answers that are kept for who comes back; sessions of months; tokens.',
  )
  .option('--days <n>', 'how many days, an even number', evenNumber, 1000)
  .option('--seed <n>', 'repeat the moments of an earlier run', wholeNumber, 1)
  .addHelpText('after', '\nExample:\n  npm run soak:days -- --days 1000 --seed 7\n')
  .parse()
  .opts<Options>();

const play = new Playbook({ times: usualTimes, tagSettings });
const startedAt = Date.now();
try {
  const { answered, lost } = liveFor(play, days / 2, 25, seed);
  await play.ends();
  const { heartbeats, resumed, tooOld } = await liveOverHttp(days, seed);
  const ended = await liveForMonths(days, new Chance(seed, 'months'));
  const { said, tokens } = await liveOnTokens(days, new Chance(seed, 'tokens'));
  const tookS = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${days} days in ${tookS} s, seed ${seed}: ${answered} answered, ${lost} given up, nothing left`);
  console.log(`over HTTP: ${heartbeats} heartbeats, ${resumed} answers fetched later, ${tooOld} too late for that`);
  console.log(`${tokens} tokens, said ${said} times and good each time`);
  console.log(`${ended} sessions of months ended when they should`);
} catch (error) {
  console.error(`broken in a run of ${days} days, seed ${seed}:`, error);
  process.exitCode = 1;
}

/** Two days at a time: a session that is used lives for one, and what it left would show on the next. */
function evenNumber(text: string): number {
  const number = wholeNumber(text);
  if (number < 2 || number % 2 !== 0) throw new InvalidArgumentError('It must be an even number above 0.');
  return number;
}
