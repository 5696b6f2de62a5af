import { describe, expect, test } from 'vitest';
import { observationTarget } from '../../src/adapters/observation-target.ts';
import { createRuntime } from '../../src/index.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';

const quiet = { write: () => true, pause: () => {}, close: () => {} };

function open() {
  const errors: unknown[] = [];
  const log = { ...silentLog, error: (fields: Readonly<Record<string, unknown>>) => void errors.push(fields['error']) };
  const runtime = createRuntime({ ids: { sessionId: () => crypto.randomUUID() }, log });
  const target = observationTarget(runtime);
  return {
    runtime,
    target,
    errors,
    openOne: () => runtime.open({ transportType: 'in-memory', client: quiet, server: quiet }),
  };
}

describe('an observation', () => {
  test('is an event of its own name, with itself as detail', async () => {
    const { runtime, target, openOne } = open();
    const seen: unknown[] = [];
    target.addEventListener('session-opened', ({ type, detail }) => seen.push([type, detail.type]));
    target.addEventListener('session-ended', { handleEvent: ({ detail }) => void seen.push(detail.reason) });
    openOne();
    await runtime.stop();
    expect(seen).toEqual([['session-opened', 'session-opened'], 'closed-by-operator']);
  });

  test('is not told to who has left, or asked for one alone, or when all of it has stopped', async () => {
    const { runtime, target, openOne } = open();
    const seen: string[] = [];
    const leaves = (): void => void seen.push('left');
    const away = new AbortController();
    target.addEventListener('session-opened', null);
    target.addEventListener('session-opened', leaves);
    target.removeEventListener('session-opened', leaves);
    target.removeEventListener('session-opened', null);
    target.addEventListener('session-opened', () => seen.push('away'), { signal: away.signal });
    away.abort();
    target.addEventListener('tags-changed', () => seen.push('once'), { once: true });
    const opened = openOne();
    if ('refusal' in opened) throw new Error(opened.refusal.code);
    opened.session.label('a', true);
    opened.session.label('b', true);
    target.addEventListener('session-ended', () => seen.push('stopped'));
    target.stop();
    await runtime.stop();
    expect(seen).toEqual(['once']);
  });
});

test('what listeners throw is logged, and keeps nobody from hearing', () => {
  const { target, openOne, errors } = open();
  const seen: string[] = [];
  const thrower = (words: string) => (): void => {
    throw new Error(words);
  };
  target.addEventListener('session-opened', thrower('first'));
  target.addEventListener('session-opened', () => seen.push('heard'));
  expect(openOne()).toHaveProperty('session');
  expect(seen).toEqual(['heard']);
  target.addEventListener('session-opened', { handleEvent: thrower('second') });
  openOne();
  expect(errors).toMatchObject([{ message: 'first' }, { errors: [{ message: 'first' }, { message: 'second' }] }]);
});
