import { expect, test } from 'vitest';

import { idKey } from '../../src/protocol/ids.ts';
import { AbandonedIds } from '../../src/session/abandoned-ids.ts';

const [one, two, three] = [idKey(0, 1), idKey(0, '1'), idKey(0, 3)];

test('ids that were given up are told apart by direction and type, until their answer has come', () => {
  const ids = new AbandonedIds(10);
  ids.add('client-to-server', one);
  const known = (): readonly boolean[] => [
    ids.has('client-to-server', one),
    ids.has('client-to-server', two),
    ids.has('server-to-client', one),
  ];
  expect(known()).toEqual([true, false, false]);
  ids.delete('client-to-server', one);
  expect(known()).toEqual([false, false, false]);
});

test('a server that is gone answers nothing any more; what its client was asked may still be answered', () => {
  const ids = new AbandonedIds(10);
  ids.add('client-to-server', one);
  ids.add('server-to-client', one);
  ids.clear('client-to-server');
  expect([ids.has('client-to-server', one), ids.has('server-to-client', one)]).toEqual([false, true]);
});

test('where there are more than are kept, the oldest is forgotten', () => {
  const ids = new AbandonedIds(2);
  for (const key of [one, two, three]) ids.add('client-to-server', key);
  expect([one, two, three].map((key) => ids.has('client-to-server', key))).toEqual([false, true, true]);
});
