import { expect, test } from 'vitest';
import { dryRunOver } from '../../src/cli/tape-dry-run.ts';
import type { InterceptContext } from '../../src/session/interception.ts';
import { taped } from '../record/taped.ts';

test('each message is shown in its order, before its session has taken it', async () => {
  const seen: unknown[] = [];
  const intercept = ({ method, kind, sessionId, metadata }: InterceptContext): void => {
    seen.push([sessionId, method || kind, metadata.session_state, metadata.frame_count, metadata.pending_count]);
  };
  expect(await dryRunOver(await taped(), { intercept }, (session) => `s${session}`)).toEqual({ unseen: 0 });
  expect(seen).toEqual([
    ['s1', 'initialize', 'initializing', 0, 0],
    ['s1', 'response', 'initializing', 1, 1],
    ['s1', 'notifications/initialized', 'active.serving', 2, 0],
    ['s1', 'tools/list', 'active.serving', 3, 0],
    ['s1', 'response', 'active.serving', 4, 1],
  ]);
});

test('what was opened before the tape is counted and not shown', async () => {
  const edit = (text: string): string | undefined => (text.includes('"session.opened"') ? undefined : text);
  const intercept = (): void => expect.unreachable();
  expect(await dryRunOver(await taped({ edit }), { intercept }, String)).toEqual({ unseen: 5 });
});

test('where a tape cannot be read on is said', async () => {
  const edit = (text: string): string => (text.includes('"tools/list"') ? '{}' : text);
  expect(await dryRunOver(await taped({ edit }), { intercept: () => {} }, String)).toMatchObject({
    problem: { problem: 'this line has no seq, at or event' },
  });
});
