import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapedMarkup } from '../../src/record/markup.ts';

test('what means something to XML and HTML means itself', () => {
  expect(escapedMarkup(`<a href="x" title='y'>&amp;\u0000\u001b\n`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;\uFFFD\uFFFD\n',
  );
});

test('nothing opens a tag or ends an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '\u0000') }), (text) => {
      expect(escapedMarkup(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
    }),
  );
});
