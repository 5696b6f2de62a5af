import { expect, test } from 'vitest';
import { sequenceDiagram } from '../../../src/testing/report/sequence-diagram.ts';
import { answeredTwice, historyOf } from './example.ts';

const options = { kind: 'proxy', width: 100, hasColours: false, at: [6, 9, 11] } as const;

test('who takes part stands at the top, time goes down, and what breaks the law is marked', () => {
  expect(`\n${sequenceDiagram(answeredTwice, options)}`).toMatchInlineSnapshot(`
    "
               client                               proxy                              server
       +0 ms      ┄ client is there
      +10 ms      │─ initialize 0 ───────────────────▶│                                   │
      +20 ms      ┄ server is there
      +30 ms      │                                   │─ initialize 0 ───────────────────▶│
      +40 ms      │                                   │◀─ result 0 ───────────────────────│
      +50 ms      │◀─ result 0 ───────────────────────│                                   │
      +60 ms •    │─ tools/call 1 ("echo") ──────────▶│                                   │
      +70 ms      │                                   │─ tools/call 1 ("echo") ──────────▶│
      +80 ms      │                                   │◀─ result 1 ───────────────────────│
      +90 ms •    │◀─ result 1 ───────────────────────│                                   │
     +100 ms      ┄ client: reads nothing from here on
     +110 ms ✗    │◀─ result 1 ───────────────────────│                                   │
     +120 ms      ┄ everybody has said what there was to say
    "
  `);
});

test('no line is wider than asked for, and what is too narrow for a picture is told in words', () => {
  const longest = (width: number): number =>
    Math.max(
      ...sequenceDiagram(answeredTwice, { ...options, width })
        .split('\n')
        .map((line) => line.length),
    );
  expect(longest(70)).toBeLessThanOrEqual(70);
  expect(sequenceDiagram(answeredTwice, { ...options, width: 40 })).toContain('✗ proxy → client: result 1');
});

test('of responses that end, only those are drawn that say something', () => {
  const history = historyOf(
    { type: 'connected', connection: 1, role: 'client' },
    { type: 'sent', connection: 1, message: { id: 1, method: 'ping' } },
    { type: 'exchange-ended', connection: 1, of: 1, status: 200 },
    { type: 'exchange-ended', connection: 1, of: 1, status: 0 },
  );
  const drawn = sequenceDiagram(history, { ...options, kind: 'server', at: [3] });
  expect(drawn).toContain('response cut off');
  expect(drawn).not.toContain('200');
});

test('what others wrote gives no orders to a terminal', () => {
  const history = historyOf(
    { type: 'connected', connection: 1, role: 'client' },
    { type: 'unreadable', connection: 1, text: '\u001b[2Jhello', reason: 'x' },
  );
  expect(sequenceDiagram(history, { ...options, at: [] })).not.toContain('\u001b');
});

test('on a terminal with colours what breaks the law is red', () => {
  const lines = sequenceDiagram(answeredTwice, { ...options, hasColours: true }).split('\n');
  expect(lines.filter((line) => line.startsWith('\u001b[31m'))).toHaveLength(3);
});
