import { describe, expect, test } from 'vitest';

import { findLookAlike, mayBeLookAlike, originals } from '../../src/protocol/look-alikes.ts';
import { encodeText } from '../../src/protocol/text.ts';

const inMessage = 1;
const inParams = 2;

function may(key: string, depth: number): boolean {
  const bytes = encodeText(`"${key}"`);
  return mayBeLookAlike(bytes, 1, bytes.length - 1, originals[depth]!);
}

function found(message: object): string | undefined {
  const { method } = message as { method?: unknown };
  return findLookAlike(encodeText(JSON.stringify(message)), method)?.original;
}

describe('a key in another case', () => {
  test.each(['Id', 'METHOD', 'jsonRPC', 'Error'])('%s may be taken for one of the envelope', (key) => {
    expect(may(key, inMessage)).toBe(true);
    expect(found({ [key]: 1 })).toBe(key.toLowerCase());
  });

  test.each([
    ['id', inMessage],
    ['ID', inParams],
    ['ids', inMessage],
    ['I', inMessage],
    ['Idx', inMessage],
    ['name', inParams],
    ['progressToken', inParams],
    ['protocolVersion', inParams],
    ['clientInfo', inParams],
    ['', inMessage],
  ])('%s at depth %i is taken for none', (key, depth) => {
    expect(may(key, depth)).toBe(false);
  });

  test.each(['requeſtId', 'progreſſToken', 'progressTo\u212aen', 'taſk'])(
    '%s is seen, in letters that stand for others where case is not minded',
    (key) => {
      expect(may(key, inParams)).toBe(true);
      expect(found({ method: 'notifications/cancelled', params: { [key]: 1 } })).toBe(
        key.replaceAll('ſ', 's').replaceAll('\u212a', 'k'),
      );
    },
  );

  test('begins with none of the letters that have such a stand-in, or the scan would not ask about it', () => {
    for (const names of originals) {
      expect([names['s'.charCodeAt(0)], names['k'.charCodeAt(0)]]).toEqual([undefined, undefined]);
    }
  });
});

test('in `params` and `_meta` it is looked for in methods of the specification, and what vendors say among themselves is theirs', () => {
  expect(found({ method: 'tools/call', params: { name: 'a', Name: 'b' } })).toBe('name');
  expect(found({ method: 'tools/call', params: { name: 'a', arguments: { Name: 'b', ID: 1 } } })).toBeUndefined();
  expect(found({ method: 'tools/call', params: { _meta: { PROGRESSTOKEN: 1 } } })).toBe('progressToken');
  expect(
    found({ method: 'vendor/event', params: { Name: 'b', URI: 'c', _meta: { ProgressToken: 1 } } }),
  ).toBeUndefined();
  expect(found({ method: 'vendor/event', Params: {} })).toBe('params');
});
