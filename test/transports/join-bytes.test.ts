import { expect, test } from 'vitest';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { copyTogether, joinBytes } from '../../src/transports/join-bytes.ts';

test.each([joinBytes, copyTogether])('slices become one piece, which keeps none of their memory', (join) => {
  const parts = ['{', 'é', '', '}'].map(encodeText);
  const joined = join(parts);
  parts[0]!.fill(0);
  expect(decodeText(joined)).toBe('{é}');
  expect(join([])).toHaveLength(0);
});
