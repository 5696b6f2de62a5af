import { expect, test } from 'vitest';
import { sizeLimit } from '../../../src/rules/builtin/size-limit.ts';
import { contextOf } from '../scenes.ts';

test('a message that is larger than the limit is refused, in the direction that it is for', () => {
  const both = sizeLimit.create({ bytesMax: 100 });
  const down = sizeLimit.create({ bytesMax: 100, direction: 'server-to-client' });
  expect(both(contextOf({ bytes: 100 }))).toBeUndefined();
  expect(both(contextOf({ bytes: 101 }))).toEqual({
    action: 'block',
    code: 4130,
    message: 'The message has more than 100 bytes',
  });
  expect(down(contextOf({ bytes: 101 }))).toBeUndefined();
  expect(down(contextOf({ bytes: 101, direction: 'server-to-client' }))).toMatchObject({ action: 'block' });
});
