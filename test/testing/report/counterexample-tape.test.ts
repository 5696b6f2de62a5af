import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readTape } from '../../../src/record/read-tape.ts';
import { checkTape } from '../../../src/record/tape-check.ts';
import { loadTape } from '../../../src/record/tape-travel.ts';
import { writeTape } from '../../../src/testing/report/counterexample-tape.ts';
import { answeredTwice } from './example.ts';

const folder = mkdtempSync(join(tmpdir(), 'counterexample-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the tape of a history has a session for each connection, and shows what is wrong with it', async () => {
  const file = join(folder, 'one.tape.jsonl');
  const path = await writeTape(answeredTwice, { file, version: '1', target: 'a-proxy', wallTime: 1_700_000_000_000 });
  expect(path).toBe(file);
  const { sessions, requests, findings } = await checkTape(readTape(path));
  expect({ sessions, requests, broken: findings.map(({ law }) => law) }).toEqual({
    sessions: 2,
    requests: 4,
    broken: ['wanted'],
  });
  const tape = await loadTape(readTape(path));
  expect('header' in tape && tape.header.process).toEqual({ command: 'verify', server: 'a-proxy' });
});
