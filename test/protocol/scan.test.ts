import { describe, expect, test } from 'vitest';
import { deriveEnvelope } from '../../src/protocol/derive.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { knownMethods } from '../../src/protocol/methods.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { scanMessage } from '../../src/protocol/scan.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

const head = '"jsonrpc":"2.0"';
const scan = (text: string): ReturnType<typeof scanMessage> => scanMessage(encodeText(text));

describe('what real peers write is read without JSON.parse', () => {
  test.each([
    ['SDK request', `{"method":"tools/call","params":{"name":"a","arguments":{"b":[1,"\\n"]}},${head},"id":3}`],
    ['SDK response', `{"result":{"content":[{"type":"text","text":"say \\"hi\\""}]},${head},"id":3}`],
    ['request in the order of the specification', `{${head},"id":"a-1","method":"ping"}`],
    ['Python style spacing', `{${head}, "id": 0, "method": "tools/list", "params": {"cursor": null}}`],
    ['pretty printed', `{\n  "jsonrpc": "2.0",\n  "id": -1,\n  "result": {}\n}\n`],
    ['error', `{${head},"id":1,"error":{"code":-32601,"message":"Method not found"}}`],
    ['unknown method, not ASCII', `{${head},"id":1,"method":"büro/öffnen"}`],
    ['cancellation', `{"method":"notifications/cancelled","params":{"requestId":0,"reason":"no"},${head}}`],
    ['progress', `{"method":"notifications/progress","params":{"progressToken":"p","progress":1},${head}}`],
    ['progress asked for', `{${head},"id":1,"method":"tools/call","params":{"_meta":{"progressToken":-3}}}`],
    ['a task', `{${head},"id":1,"method":"tools/call","params":{"task":{"ttl":60000},"name":"a"}}`],
    [
      'modern request',
      `{${head},"id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}`,
    ],
    ['empty params and _meta', `{${head},"id":1,"method":"ping","params":{"_meta":{}}}`],
    ['an id of every digit, as long as is always safe', `{${head},"id":987654321012345,"method":"ping"}`],
    ['_meta that is no object', `{${head},"id":1,"method":"ping","params":{"_meta":5,"task":[{}]}}`],
    ['params that are no object', `{${head},"id":1,"method":"ping","params":[{"_meta":1}]}`],
  ])('%s', (_, text) => {
    const scanned = scan(text);
    const { idStart = -1, idEnd = -1 } = scanned ?? {};
    const place = { idStart, idEnd, idToken: undefined };
    expect(scanned).toEqual(deriveEnvelope(JSON.parse(text), place, { idBytesMax: 4096 }));
    if (idStart !== -1) {
      const token = decodeText(encodeText(text).subarray(idStart, idEnd));
      expect(JSON.parse(token)).toEqual((JSON.parse(text) as { readonly id: unknown }).id);
    }
  });

  test('as is what fits its limits exactly', () => {
    const limits = { idBytesMax: 5, depthMax: 3 };
    const meta = '{"progressToken":"token"}';
    const texts = [
      `{${head},"id":12345,"method":"a/bcd","params":{"_meta":${meta},"a":[1]}}`,
      `{${head},"id":"12345","result":[[1]]}`,
    ];
    for (const text of texts) expect(scanMessage(encodeText(text), limits)).toBeDefined();
    for (const text of texts) expect(scanMessage(encodeText(text), { ...limits, idBytesMax: 4 })).toBeUndefined();
    for (const text of texts) expect(scanMessage(encodeText(text), { ...limits, depthMax: 2 })).toBeUndefined();
  });

  test.each([...knownMethods])('%s is known from its bytes, and nothing like it is taken for it', (method) => {
    const read = (name: string): string | undefined => scan(`{${head},"id":1,"method":"${name}"}`)?.method;
    expect(read(method)).toBe(method);
    for (let at = 0; at < method.length; at += 1) {
      const other = `${method.slice(0, at)}_${method.slice(at + 1)}`;
      expect(read(other)).toBe(other);
    }
  });
});

describe('what is left to JSON.parse', () => {
  test.each([
    ['a key of params twice', `{${head},"id":1,"method":"ping","params":{"task":{},"task":{}}}`],
    ['_meta twice', `{${head},"id":1,"method":"ping","params":{"_meta":{},"_meta":{}}}`],
    ['an escape in a key', `{${head},"id":1,"meth\\u006fd":"ping"}`],
    ['an escape in the method', `{${head},"id":1,"method":"pin\\u0067"}`],
    ['an escape in the id', `{${head},"id":"\\u0061","method":"ping"}`],
    ['a number that is an integer in disguise', `{${head},"id":1.0,"method":"ping"}`],
    ['an exponent', `{${head},"id":1e2,"method":"ping"}`],
    ['more digits than are always safe', `{${head},"id":1234567890123456,"method":"ping"}`],
    ['an id that is null', `{${head},"id":null,"error":{"code":1,"message":""}}`],
    ['deep nesting', `{${head},"id":1,"result":${'['.repeat(40)}${']'.repeat(40)}}`],
    [
      'a claim that is no string',
      `{${head},"id":1,"method":"a","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":1}}}`,
    ],
  ])('%s', (_, text) => {
    expect(scan(text)).toBeUndefined();
    expect(isFault(readMessage(encodeText(text)))).toBe(false);
  });

  test('a key twice, which is then refused', () => {
    const text = `{${head},"id":1,"id":1,"method":"ping"}`;
    expect(scan(text)).toBeUndefined();
    expect(isFault(readMessage(encodeText(text)))).toBe(true);
  });
});

describe('never accepted', () => {
  test.each([
    '',
    '{',
    '{}',
    `{${head},"id":1,"method":"ping"`,
    `{${head},"id":1,"method":"ping"}}`,
    `{${head},"id":1,"method":"ping"}{}`,
    `{${head},"id":1,"method":"ping"} x`,
    `{${head},"id":1,"method":"ping",}`,
    `{${head},,"id":1,"method":"ping"}`,
    `{${head},"id":1 "method":"ping"}`,
    `{${head},"id":1,"method":"ping","params":}`,
    `{${head},"id":1,"method":"ping","params"}`,
    `{${head},"id":,"method":"ping"}`,
    `{${head},"id":-,"method":"ping"}`,
    `{${head},"id":01,"method":"ping"}`,
    `{${head},"id":--1,"method":"ping"}`,
    `{${head},"id":1,"method":"ping`,
    `{${head},"id":1,"method":"pi\nng"}`,
    `{${head},"id":"a\u0000","method":"ping"}`,
    `{${head},"id":1,"result":[}]}`,
    `{${head},"id":1,"result":[{]}}`,
    `{${head},"id":1,"result":[x]}`,
    `{${head},"id":1,"result":{"a":"\\"}}`,
    `{${head},"id":1,"result":"\\\\\\"}`,
    `{${head},"id":1,"result":"a long text that ends in a backslash and a quote \\"}`,
    `{${head},"id":1,"result":{\u0000}}`,
    `{${head},"id":1,"result":é}`,
    `\u000b{${head},"id":1,"method":"ping"}`,
    `[{${head},"id":1,"method":"ping"}]`,
  ])('%j', (text) => {
    expect(scan(text)).toBeUndefined();
  });
});

/** Pinned so that a change of what is checked is seen: the header of scan.ts names each of these. */
describe('passed over unchecked, as documented', () => {
  test.each([
    ['commas and colons inside a body', `{${head},"id":1,"result":{"a" 1,,:}}`],
    ['the grammar of numbers', `{${head},"id":1,"result":[01,1.,--5]}`],
    ['the spelling of literals', `{${head},"id":1,"result":nul}`],
    ['object keys that are no strings', `{${head},"id":1,"result":{1:2}}`],
    ['escapes', `{${head},"id":1,"result":"\\x"}`],
    ['control characters, line feeds too', `{${head},"id":1,"result":"\n\u0000"}`],
  ])('%s', (_, text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(scan(text)).toMatchObject({ kind: 'response', id: 1 });
  });
});
