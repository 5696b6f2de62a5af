import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookersFor } from '../../src/cli/lookers.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { KeptLog } from '../runtime/kept-log.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-lookers-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const inspect = { host: '127.0.0.1', port: 0 };
const log = new KeptLog();
const around = { command: 'forward stdio', server: 'node', clock: new VirtualClock(), log };
const recordTo = (file: string) => ({ place: { file }, isRedacted: true, bodyBytesMax: 10, whenFull: 'drop' }) as const;

test('who is not looked at and not recorded has nothing on the way of its frames', async () => {
  expect(await lookersFor({}, around)).toEqual({ ring: undefined, tracer: undefined });
});

test('who is looked at has a ring, who is recorded a tape, and who is both has both', async () => {
  const looked = await lookersFor({ inspect }, around);
  expect(looked.ring).toBeInstanceOf(TraceRing);
  expect(looked.tracer).toBe(looked.ring);
  const file = join(folder, 'a.jsonl');
  const recorded = await lookersFor({ record: recordTo(file) }, around);
  expect([recorded.ring, existsSync(file)]).toEqual([undefined, true]);
  const both = await lookersFor({ inspect, record: recordTo(join(folder, 'b.jsonl')) }, around);
  expect(both.tracer).not.toBe(both.ring);
});

test('a tape that cannot be written is said, and is no reason not to start', async () => {
  const { tracer } = await lookersFor({ record: recordTo(join(folder, 'none', 'a.jsonl')) }, around);
  expect(tracer).toBeUndefined();
  expect(log.texts('error')).toEqual(['nothing is recorded']);
});
