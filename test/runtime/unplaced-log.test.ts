import { expect, test } from 'vitest';
import { UnplacedLog } from '../../src/runtime/unplaced-log.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { answer, fromClient, notification, request } from '../session/fixtures.ts';
import { KeptLog } from './kept-log.ts';

const malformed: SessionEvent = {
  type: 'frame.malformed',
  at: 0,
  direction: fromClient,
  fault: { fault: 'not-json', reason: 'no', expectsAnswer: true, isAnswer: false, idToken: undefined },
  bytes: 7,
};

test('S4 a frame that found no session is a warning that says which; the body stays out of it', () => {
  const log = new KeptLog();
  const unplaced = new UnplacedLog(log);
  const call = request(1, 'tools/call', { secret: 'x' });
  for (const event of [call, answer('a'), notification('notifications/x'), malformed]) unplaced.note('s9', event);
  expect(log.texts('warn')).toEqual(Array(4).fill('the session of this frame has ended'));
  expect(log.lines.map(({ fields }) => fields)).toMatchObject([
    { session: 's9', event: 'frame.request', direction: fromClient, id: 1, method: 'tools/call' },
    { session: 's9', event: 'frame.response', id: 'a' },
    { session: 's9', event: 'frame.notification', method: 'notifications/x' },
    { session: 's9', event: 'frame.malformed', direction: fromClient, fault: 'not-json', bytes: 7 },
  ]);
  expect(JSON.stringify(log.lines)).not.toContain('secret');
});

test('S4 what is no frame is for those who look closely', () => {
  const log = new KeptLog();
  const unplaced = new UnplacedLog(log);
  unplaced.note('s9', { type: 'session.ticked', at: 0 });
  unplaced.note('s9', { type: 'frame.decided', at: 0, ticket: 1, news: 'turn' });
  expect(log.lines).toEqual([
    { level: 'debug', fields: { session: 's9', event: 'session.ticked' }, text: 'the session has ended' },
    { level: 'debug', fields: { session: 's9', event: 'frame.decided' }, text: 'the session has ended' },
  ]);
});

test('P16 peers that go on talking do not fill the log', () => {
  const log = new KeptLog();
  const unplaced = new UnplacedLog(log);
  for (let id = 1; id <= 100; id++) unplaced.note(`s${id}`, request(id, 'ping'));
  expect(log.lines).toHaveLength(20);
  expect(log.lines.at(-1)?.text).toBe('the session of this frame has ended (further ones are only counted)');
});
