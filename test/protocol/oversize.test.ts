import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { LineFramer } from '../../src/protocol/lines.ts';
import type { OversizeLine } from '../../src/protocol/lines.ts';
import { probeOversize } from '../../src/protocol/oversize.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { runs } from '../properties/runs.ts';

function oversize(text: string): OversizeLine {
  const framer = new LineFramer({ lineBytesMax: 1 });
  const lines: OversizeLine[] = [];
  framer.push(
    encodeText(`${text}\n`),
    () => expect.unreachable(),
    (line) => lines.push(line),
  );
  const [line] = lines;
  if (line === undefined) throw new Error('the line was short');
  return line;
}

const large = JSON.stringify('{"id":9,"method":"\\"x\\""},'.repeat(1000));
const probe = (text: string): object => {
  const { reason, ...fault } = probeOversize(oversize(text));
  expect(reason).toContain(String(encodeText(text).length));
  return fault;
};
const fault = 'frame-too-large';

describe('whose message an oversize line was', () => {
  test('a request with its id before the large part', () => {
    expect(probe(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"a":${large}}}`)).toEqual({
      fault,
      expectsAnswer: true,
      isAnswer: false,
      idToken: '1',
    });
  });

  test('a request with its id behind it, as the SDKs write', () => {
    expect(probe(`{"method":"tools/call","params":{"a":${large}},"jsonrpc":"2.0","id":"a\\"b"}`)).toEqual({
      fault,
      expectsAnswer: true,
      isAnswer: false,
      idToken: '"a\\"b"',
    });
  });

  test('an answer, from the key of the part that did not fit', () => {
    const answer = { fault, expectsAnswer: false, isAnswer: true };
    expect(probe(`{"result":{"a":${large}},"jsonrpc":"2.0","id":7}`)).toEqual({ ...answer, idToken: '7' });
    expect(probe(`{"result":${large},"jsonrpc":"2.0","id":7}`)).toEqual({ ...answer, idToken: '7' });
    expect(probe(`{"jsonrpc":"2.0","id":7,"error":{"data":${large}}}`)).toEqual({ ...answer, idToken: '7' });
  });

  test('a method behind the large part tells a request too', () => {
    expect(probe(`{"params":{"a":${large}} , "method" : "tools/call" , "id" : 5 } `)).toMatchObject({
      expectsAnswer: true,
      isAnswer: false,
      idToken: '5',
    });
  });

  test('a method makes a request of what else looks like a response (R3)', () => {
    expect(probe(`{"id":1,"method":"tools/call","result":{"a":${large}}}`)).toMatchObject({
      expectsAnswer: true,
      isAnswer: false,
    });
  });

  test('a notification waits for no answer', () => {
    expect(probe(`{"jsonrpc":"2.0","method":"notifications/message","params":{"a":${large}}}`)).toEqual({
      fault,
      expectsAnswer: false,
      isAnswer: false,
      idToken: undefined,
    });
    expect(probe(`{"params":{"a":${large}},"method":"notifications/own"}`)).toMatchObject({ expectsAnswer: false });
  });

  test('a name with an escape is read, and one with a bad escape is taken as it stands', () => {
    expect(probe(`{"params":{"a":${large}},"method":"notif\\u0069cations/own"}`)).toMatchObject({
      expectsAnswer: false,
    });
    expect(probe(`{"params":{"a":${large}},"method":"notifications/\\x"}`)).toMatchObject({ expectsAnswer: false });
  });

  test('an id that stands between large parts is not found, and none is made up', () => {
    expect(probe(`{"result":{"a":${large}},"id":7,"x":{"id":8,"a":${large}}}`)).toMatchObject({
      isAnswer: true,
      idToken: undefined,
    });
  });

  test('members behind the large part are read back to it, and the last of equal ones counts', () => {
    expect(probe(`{"result":{"a":${large}},"id":7,"jsonrpc":"2.0"}`)).toMatchObject({ idToken: '7' });
    expect(probe(`{"x":{"a":${large}} , "id" : "a,\\"b" , "n" : -1.5e3 , "result" : null }`)).toMatchObject({
      isAnswer: true,
      idToken: '"a,\\"b"',
    });
    expect(probe(`{"result":{"a":${large}},"id":7,"id":8}`)).toMatchObject({ idToken: '8' });
  });

  test.each(['"id":7]', '"id";7}', '"id_:7}'])('of an end that is not JSON no id is made up: %s', (end) => {
    expect(probe(`{"a":${large},${end}`)).toMatchObject({ idToken: undefined });
  });

  test('a member without a value is none', () => {
    expect(probe(`{"a":${large},"result":}`)).toMatchObject({ isAnswer: false });
  });

  test('a method that is no string is none', () => {
    expect(probe(`{"method":[notifications/a],"b":${large}}`)).toMatchObject({ expectsAnswer: true });
  });

  test('a string that may have begun before the tail is not taken for one', () => {
    const line = (tail: string): object =>
      probeOversize({ head: encodeText('{"a":"'), tail: encodeText(tail), totalBytes: 9000 });
    expect(line('"id":7}')).toMatchObject({ idToken: undefined });
    expect(line('\\"id":7}')).toMatchObject({ idToken: undefined });
    expect(line(',"id":7}')).toMatchObject({ idToken: '7' });
  });

  test('an id that is null or no id at all is not echoed', () => {
    expect(probe(`{"error":{"data":${large}},"jsonrpc":"2.0","id":null}`)).toMatchObject({ idToken: undefined });
    expect(probe(`{"id":{"a":1},"result":${large}}`)).toMatchObject({ idToken: undefined });
  });

  test('an id that is cut off by the end of the tail is not guessed at', () => {
    const long = 'x'.repeat(5000);
    expect(probe(`{"result":{"a":${large}},"jsonrpc":"2.0","id":"${long}"}`)).toMatchObject({ idToken: undefined });
    expect(probe(`{"result":{"a":${large}},"jsonrpc":"2.0","id":${'1'.repeat(5000)}}`)).toMatchObject({
      idToken: undefined,
    });
  });

  test('an id that is cut off by the end of the head is not guessed at', () => {
    const id = 123_456_789;
    for (let padding = 4060; padding < 4100; padding += 1) {
      const text = `{"a":"${'x'.repeat(padding)}","id":${id},"result":{"a":${large}}}`;
      const { idToken } = probeOversize(oversize(text));
      expect([undefined, String(id)]).toContain(idToken);
    }
  });

  test.each([`[${large}]`, large, 'x'.repeat(9000), ' '.repeat(9000), `log: {"a":${large},"id":1}`])(
    'of what is no object nothing is known',
    (text) => {
      expect(probe(text)).toEqual({ fault, expectsAnswer: true, isAnswer: false, idToken: undefined });
    },
  );
});

describe('whatever is found is right', () => {
  const filler = fc.constantFrom(
    { a: 'x'.repeat(5000) },
    { a: ['"id":3,"method":"y"}'.repeat(300)], id: 77, method: 'no' },
    { id: 78, b: '\\"'.repeat(3000) },
    '","id":79,"a":"'.repeat(400),
    '\\'.repeat(4100),
    [{ id: 80, result: {} }, 'z'.repeat(4080)],
  );
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, true, '",', '\\', '"'));
  const id = fc.oneof(fc.nat(), fc.string(), fc.constantFrom('', '\\', '"', '","id":"1'));
  const entry = fc.oneof(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'i"d'), scalar),
    fc.tuple(fc.constantFrom('params', 'x', 'y'), filler),
  );

  test('an id that is told is the id; the kind that is told is the kind', () => {
    let found = 0;
    const message = fc.tuple(
      fc.uniqueArray(entry, { selector: ([key]) => key, maxLength: 5 }),
      fc.option(id, { freq: 5, nil: undefined }),
      fc.constantFrom(['method', 'tools/call'] as const, ['result', {}] as const, ['error', { code: 1 }] as const),
      filler,
      fc.constantFrom('', '  '),
    );
    const shuffled = message.chain(([entries, own, role, body, indent]) => {
      const roleEntry = role[0] === 'method' ? role : ([role[0], body] as const);
      const all = [...entries, roleEntry, ...(own === undefined ? [] : [['id', own] as const])];
      return fc
        .shuffledSubarray(all, { minLength: all.length })
        .map((list) => ({ own, role: role[0], text: JSON.stringify(Object.fromEntries(list), undefined, indent) }));
    });
    fc.assert(
      fc.property(shuffled, ({ own, role, text }) => {
        const line = oversize(text.replaceAll('\n', ' '));
        const told = probeOversize(line);
        if (told.idToken !== undefined) {
          found += 1;
          expect(JSON.parse(told.idToken)).toBe(own);
        }
        if (told.isAnswer) expect(role).not.toBe('method');
        if (role !== 'method' && line.totalBytes <= 4096) expect(told.isAnswer).toBe(true);
      }),
      runs(800),
    );
    expect(found).toBeGreaterThan(runs(100).numRuns);
  });
});
