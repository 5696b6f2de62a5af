import { expect, test } from 'vitest';

import { ownName } from '../../src/session/own-name.ts';

test('a name of our own tells no more of the session than its beginning: the whole would let the server in', () => {
  expect(ownName({ id: '2b38baca-ead8-4410-82e8-6af2a254354f' }, 7, 0)).toBe('ninelives:2b38baca:7:0');
});
