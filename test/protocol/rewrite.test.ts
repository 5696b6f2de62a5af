import { describe, expect, test } from 'vitest';
import type { Frame, RequestId } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { rewriteFrame, subscriptionIdOf } from '../../src/protocol/rewrite.ts';
import type { IdChanges } from '../../src/protocol/rewrite.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

function frameOf(text: string): Frame {
  const frame = readMessage(encodeText(text));
  if (isFault(frame)) throw new Error(frame.reason);
  return frame;
}

const rewritten = (text: string, changes: IdChanges): string =>
  rewriteFrame(frameOf(text), changes).map(decodeText).join('');
const subscription = (text: string): RequestId | undefined => subscriptionIdOf(frameOf(text));

const key = 'io.modelcontextprotocol/subscriptionId';
const all: IdChanges = { id: 'i', progressToken: 'p', cancels: 'c', subscriptionId: 's' };

describe('a frame under other ids', () => {
  test('R8 has them in every member that names a request, and in no other', () => {
    expect(
      rewritten(
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","progressToken":1,"requestId":1,"_meta":{"progressToken":1,"b":1}}}',
        all,
      ),
    ).toBe(
      '{"jsonrpc":"2.0","id":"i","method":"tools/call","params":{"name":"x","progressToken":1,"requestId":1,"_meta":{"progressToken":"p","b":1}}}',
    );
    expect(
      rewritten(
        `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"_meta":{"progressToken":1,"${key}":1}}}`,
        all,
      ),
    ).toBe(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":1,"_meta":{"progressToken":1,"${key}":"s"}}}`,
    );
    expect(
      rewritten('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"progressToken":1}}', all),
    ).toBe('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c","progressToken":1}}');
    expect(rewritten(`{"result":{"_meta":{"${key}":1},"id":1},"jsonrpc":"2.0","id":1}`, all)).toBe(
      `{"result":{"_meta":{"${key}":"s"},"id":1},"jsonrpc":"2.0","id":"i"}`,
    );
    expect(rewritten(`{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"","_meta":{"${key}":1}}}`, all)).toBe(
      `{"jsonrpc":"2.0","id":"i","error":{"code":1,"message":"","_meta":{"${key}":1}}}`,
    );
  });

  test('keeps the type of each: numbers are numbers, and text is quoted', () => {
    const text = '{"jsonrpc":"2.0","id":"1","method":"ping","params":{"_meta":{"progressToken":"1"}}}';
    expect(rewritten(text, { id: 0, progressToken: -7 })).toBe(
      '{"jsonrpc":"2.0","id":0,"method":"ping","params":{"_meta":{"progressToken":-7}}}',
    );
    expect(rewritten(text, { id: '"\n', progressToken: '' })).toBe(
      '{"jsonrpc":"2.0","id":"\\"\\n","method":"ping","params":{"_meta":{"progressToken":""}}}',
    );
  });

  test('has no member that it did not have', () => {
    for (const text of [
      '{"jsonrpc":"2.0","method":"notifications/progress"}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}',
      '{"jsonrpc":"2.0","method":"notifications/message","params":{"_meta":{}}}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}',
    ]) {
      expect(rewritten(text, all)).toBe(text);
    }
    expect(rewritten('{"jsonrpc":"2.0","id":5,"result":{}}', { progressToken: 1, subscriptionId: 1 })).toBe(
      '{"jsonrpc":"2.0","id":5,"result":{}}',
    );
  });

  test('keeps what stands in place of an id and is none', () => {
    for (const text of [
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1.5}}',
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":null}}',
      `{"jsonrpc":"2.0","method":"notifications/message","params":{"_meta":{"${key}":{"a":1}}}}`,
    ]) {
      expect(rewritten(text, all)).toBe(text);
    }
  });

  test('keeps every other byte: digits, escapes, white space and keys of any name', () => {
    const around = (id: string, token: string): string =>
      ` {"a":1234567890123456789012345,"b":1.0e0, "__proto__":{"c":"\\u0041"},"jsonrpc":"2.0","id": ${id} ,"method":"x","params":{"_meta":{ "progressToken" : ${token} ,"d":"é"}}} `;
    expect(rewritten(around('1', '"t"'), all)).toBe(around('"i"', '"p"'));
    const odd = (id: string, token: string): string =>
      `{"__proto__":{"b":12345678901234567890},"jsonrpc":"2.0","\\u0069d":${id},"method":"x","params":{"_meta":{"progressToken":0,"progress\\u0054oken":${token}},"c":-0.0}}`;
    expect(rewritten(odd('1', '2'), all)).toBe(odd('"i"', '"p"'));
  });

  test('is the frame itself when nothing changes, and parts of it where something does', () => {
    const frame = frameOf('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToken":1}}}');
    expect(rewriteFrame(frame, {})).toEqual([frame.bytes]);
    expect(rewriteFrame(frame, { cancels: 1, subscriptionId: 1 })[0]).toBe(frame.bytes);
    for (const changes of [{ id: 2 }, { id: 2, progressToken: 2 }]) {
      const slices = rewriteFrame(frame, changes);
      expect(slices).toHaveLength(2 * Object.keys(changes).length + 1);
      for (const [index, slice] of slices.entries()) expect(slice.buffer === frame.bytes.buffer).toBe(index % 2 === 0);
    }
  });
});

describe('the subscription of a frame', () => {
  test('stands in the metadata of notifications and results', () => {
    expect(subscription(`{"jsonrpc":"2.0","method":"x","params":{"_meta":{"${key}":0}}}`)).toBe(0);
    expect(subscription(`{"jsonrpc":"2.0","id":1,"result":{"_meta":{"${key}":"a\\n"}}}`)).toBe('a\n');
    expect(subscription(`{"jsonrpc":"2.0","id":1,"result":{"_meta":{"${key}":-0}}}`)).toBe(0);
  });

  test('is found however its key is spelled', () => {
    for (const spelled of [
      'io.modelcontextprotocol\\/subscriptionId',
      '\\u0069o.modelcontextprotocol/\\u0073ubscriptionId',
      'io.modelcontextprotocol/subscription\\u0049d',
    ]) {
      expect(subscription(`{"jsonrpc":"2.0","method":"x","params":{"_meta":{"${spelled}":7}}}`)).toBe(7);
      expect(
        rewritten(`{"jsonrpc":"2.0","method":"x","params":{"_meta":{"${spelled}":7}}}`, { subscriptionId: 8 }),
      ).toBe(`{"jsonrpc":"2.0","method":"x","params":{"_meta":{"${spelled}":8}}}`);
    }
  });

  test('is none elsewhere, and no value that is no id', () => {
    for (const text of [
      `{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"${key}":7}}}`,
      `{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"","_meta":{"${key}":7}}}`,
      `{"jsonrpc":"2.0","method":"x","params":{"${key}":7}}`,
      `{"jsonrpc":"2.0","method":"x","params":{"_meta":{"subscriptionId":7,"x":"${key} I \\\\u \\n"}}}`,
      `{"jsonrpc":"2.0","method":"x"}`,
      ...['null', '1.5', '{}', '1e400', 'true'].map(
        (value) => `{"jsonrpc":"2.0","method":"x","params":{"_meta":{"${key}":${value}}}}`,
      ),
    ]) {
      expect(subscription(text)).toBeUndefined();
    }
  });

  test('is none in a result that is no JSON, which reading does not look into', () => {
    for (const value of ['tru', '01', '1 2', '"a\nb"', '7"x"']) {
      const text = `{"jsonrpc":"2.0","id":1,"result":{"_meta":{"${key}":${value}}}}`;
      expect(subscription(text)).toBeUndefined();
      expect(rewritten(text, { subscriptionId: 8 })).toBe(text);
    }
  });
});
