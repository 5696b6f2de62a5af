import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, keptFrame, sizeOf } from '../../src/protocol/envelope.ts';
import { isFault, type ReadFault } from '../../src/protocol/faults.ts';
import { defaultReadLimits, readMessage } from '../../src/protocol/read.ts';
import { rewriteFrame } from '../../src/protocol/rewrite.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { readValue } from '../../src/protocol/value-frame.ts';

const frameBytesMax = 10_000;
const limits = { ...defaultReadLimits, depthMax: 20, idBytesMax: 256 };
const read = (value: unknown, aside?: unknown): Frame | ReadFault => readValue(value, aside, limits, frameBytesMax);
const frameOf = (value: unknown, aside?: unknown): Frame => {
  const frame = read(value, aside);
  if (isFault(frame)) throw new Error(frame.reason);
  return frame;
};
const faultOf = (value: unknown): ReadFault => {
  const fault = read(value);
  if (!isFault(fault)) throw new Error('It is a message');
  return fault;
};
const call = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'x', _meta: { progressToken: 'p' } } };

/** Messages, nearly messages, and other values. */
const values = fc.oneof(
  fc.record(
    {
      jsonrpc: fc.constantFrom('2.0', '1.0'),
      id: fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constantFrom(null, -0, 'x'.repeat(300), 'é'.repeat(200))),
      method: fc.oneof(
        fc.constantFrom('tools/call', 'notifications/progress', 'notifications/cancelled'),
        fc.integer(),
      ),
      params: fc.oneof(
        fc.record(
          {
            progressToken: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
            requestId: fc.oneof(fc.string(), fc.integer()),
            task: fc.constant({}),
            _meta: fc.dictionary(
              fc.constantFrom('progressToken', 'io.modelcontextprotocol/protocolVersion'),
              fc.string(),
            ),
          },
          { requiredKeys: [] },
        ),
        fc.jsonValue(),
      ),
      result: fc.jsonValue(),
      error: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);

describe('a message that is a value', () => {
  test('says of itself what its bytes would say', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encodeText(JSON.stringify(value));
        if (bytes[0] === 0x5b) return;
        const [asValue, asBytes] = [read(value), readMessage(bytes, limits)];
        if (isFault(asBytes)) {
          if (!isFault(asValue)) throw new Error(`taken: ${decodeText(bytes)}`);
          const { fault, expectsAnswer, isAnswer } = asBytes;
          expect(asValue).toMatchObject({ fault, expectsAnswer, isAnswer });
          return;
        }
        if (isFault(asValue)) throw new Error(asValue.reason);
        expect(asValue.bytes).toEqual(bytes);
        expect(asValue.envelope).toEqual(asBytes.envelope);
        expect(sizeOf(asValue)).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  test('goes on as the very value, with what is said along with it', () => {
    const aside = { authInfo: { token: 't' } };
    const frame = frameOf(call, aside);
    expect([frame.value === call, frame.aside]).toEqual([true, aside]);
    expect(keptFrame(frame)).toBe(frame);
  });

  test('is not written before somebody reads its bytes', () => {
    let written = 0;
    const params = Object.defineProperty({}, 'name', { enumerable: true, get: () => ((written += 1), 'x') });
    const frame = frameOf({ ...call, params });
    const looked = written;
    expect([sizeOf(frame) > 0, frame.envelope.id, written - looked]).toEqual([true, 7, 0]);
    expect([frame.bytes === frame.bytes, written - looked]).toEqual([true, 1]);
  });

  test('can be put under other ids', () => {
    const parts = rewriteFrame(frameOf(call), { id: 100, progressToken: 100 });
    const text = parts.map((part) => decodeText(part)).join('');
    expect(JSON.parse(text)).toEqual({ ...call, id: 100, params: { name: 'x', _meta: { progressToken: 100 } } });
  });

  test.each([
    ['without an id, which is undefined', { ...call, id: undefined }, 'notification'],
    ['with a result that is undefined', { jsonrpc: '2.0', id: 1, result: undefined, error: {} }, 'response'],
    ['with a date in it', { ...call, params: { at: new Date(0) } }, 'request'],
    ['that is of a class', Object.assign(new Map(), call), 'request'],
  ])('%s is what JSON makes of it', (_what, value, kind) => {
    const frame = frameOf(value);
    expect(frame.envelope.kind).toBe(kind);
    expect(frame.value).toEqual(JSON.parse(JSON.stringify(value)));
  });

  test('asks for no task that is undefined', () => {
    expect(frameOf({ ...call, params: { task: undefined } }).envelope.asksTask).toBe(false);
  });

  test('has a key __proto__ like any other', () => {
    const frame = frameOf(JSON.parse('{"jsonrpc":"2.0","id":1,"method":"x","params":{"__proto__":{"task":1}}}'));
    expect([frame.envelope.asksTask, decodeText(frame.bytes)]).toEqual([false, expect.stringContaining('__proto__')]);
  });

  test('that may be large is as long as its bytes', () => {
    const long = { ...call, params: { text: 'é'.repeat(3000) } };
    expect(sizeOf(frameOf(long))).toBe(encodeText(JSON.stringify(long)).length);
    expect(faultOf({ ...call, params: { text: 'é'.repeat(6000) } })).toMatchObject({ fault: 'frame-too-large' });
  });

  const circle: Record<string, unknown> = { ...call };
  circle['params'] = circle;
  const throws = Object.defineProperty({ ...call }, 'params', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
  test.each([
    ['a circle', circle, 'too-deep', '7'],
    ['what is too large', { ...call, params: 'x'.repeat(20_000) }, 'frame-too-large', '7'],
    ['what JSON cannot say', { ...call, params: { big: 1n } }, 'not-json', '7'],
    ['what throws when it is looked at', throws, 'not-json', undefined],
    ['nothing', undefined, 'not-an-object', undefined],
    ['a list', [call], 'not-an-object', undefined],
    ['a function', () => call, 'not-an-object', undefined],
    ['an id that is too long', { ...call, id: 'x'.repeat(300) }, 'id-too-long', undefined],
  ])('is a fault when it is %s', (_what, value, fault, idToken) => {
    const found = faultOf(value);
    expect([found.fault, found.expectsAnswer]).toEqual([fault, true]);
    if (fault !== 'id-too-long') expect(found.idToken).toBe(idToken);
  });
});
