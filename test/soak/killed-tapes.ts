/**
 * Proxies that record and are killed at moments that chance picks. Their tapes have to be readable: whole lines, and at most one that
 * was cut off; what was answered before the last moments is on them.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTape } from '../../src/record/read-tape.ts';
import { checkTape } from '../../src/record/tape-check.ts';
import { forwarding, scriptedServer } from './commands.ts';
import { Conversation } from './conversation.ts';
import type { Violation } from './ledger.ts';
import type { Chance } from './random.ts';

export interface KilledTapes {
  readonly kills: number;
  /** Tapes whose last line was cut off. */
  readonly cutOff: number;
  /** Answers that clients had and that are on no tape: of all tapes, and of the one that lost most. */
  readonly answered: number;
  readonly lost: number;
  readonly lostMost: number;
}

interface Killing {
  readonly folder: string;
  readonly kills: number;
  readonly chance: Chance;
  readonly mark: string;
  readonly violation: Violation;
}

const workers = 8;
const lifeMs = [1, 400] as const;
/** Lines are written 10 ms after they are made; the rest is for a busy machine. */
const surelyWrittenMs = 1000;

export async function killWhileRecording({ folder, kills, chance, mark, violation }: Killing): Promise<KilledTapes> {
  const sum = { kills: 0, cutOff: 0, answered: 0, lost: 0, lostMost: 0 };
  while (sum.kills < kills) {
    sum.kills += 1;
    const file = join(folder, `${sum.kills}.tape.jsonl`);
    const told: Violation = (law, details) => violation(law, `kill ${sum.kills}: ${details}`);
    const { answeredAt, killedAt } = await killedAfter(chance.between(...lifeMs), file, mark, chance, told);
    const tape = await settledOn(file, told);
    const owed = answeredAt.filter((at) => at < killedAt - surelyWrittenMs).length;
    if (tape.settled < owed) told('what was answered is on the tape', `${tape.settled} of ${owed}`);
    const lost = Math.max(0, answeredAt.length - tape.settled);
    sum.cutOff += tape.isCutOff ? 1 : 0;
    sum.answered += answeredAt.length;
    sum.lost += lost;
    sum.lostMost = Math.max(sum.lostMost, lost);
  }
  return sum;
}

async function killedAfter(
  ms: number,
  file: string,
  mark: string,
  chance: Chance,
  violation: Violation,
): Promise<{ readonly answeredAt: readonly number[]; readonly killedAt: number }> {
  const talk = new Conversation({ command: forwarding(scriptedServer, ['--record', file]), mark, violation });
  const answeredAt: number[] = [];
  await talk.initialize();
  answeredAt.push(performance.now());
  const traffic = Array.from({ length: workers }, async () => {
    while (!talk.isOver) {
      const text = 'x'.repeat(chance.between(0, 3000));
      const { kind } = await talk.ask('tools/call', { name: 'echo', arguments: { text } });
      if (kind === 'result') answeredAt.push(performance.now());
    }
  });
  await sleep(ms);
  const killedAt = performance.now();
  talk.signal('SIGKILL');
  await talk.exit;
  talk.close(false);
  await Promise.all(traffic);
  return { answeredAt, killedAt };
}

async function settledOn(
  file: string,
  violation: Violation,
): Promise<{ readonly settled: number; readonly isCutOff: boolean }> {
  let settled = 0;
  let isCutOff = false;
  async function* counted(): ReturnType<typeof readTape> {
    for await (const part of readTape(file)) {
      if (part.type === 'cut-off') isCutOff = true;
      if (part.type === 'line' && 'to' in part.line) settled += part.line.settled?.length ?? 0;
      yield part;
    }
  }
  const { findings, header } = await checkTape(counted());
  if (header === undefined) violation('a tape opens', 'it has no header');
  for (const { law, line, text } of findings) {
    if (law !== 'whole') violation('a tape is whole lines of what happened', `line ${line}: ${text}`);
  }
  if (!findings.some(({ law }) => law === 'whole')) violation('a check says that a tape was not closed', 'it does not');
  return { settled, isCutOff };
}
