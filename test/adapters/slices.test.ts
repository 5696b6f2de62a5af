import { expect, test } from 'vitest';
import { valueOf } from '../../src/adapters/slices.ts';
import { encodeText } from '../../src/protocol/text.ts';

test.each([
  ['one slice', ['{"a":"é"}']],
  ['several', ['{"a"', ':"', 'é', '"}']],
])('a message in %s says one value', (_how, slices) => {
  expect(valueOf(slices.map((slice) => encodeText(slice)))).toEqual({ a: 'é' });
});
