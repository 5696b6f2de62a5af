import { describe, expect, test } from 'vitest';
import {
  readInitializeParams,
  readInitializeResult,
  readLoggingLevel,
  readSubscribeUri,
  readSupportedVersions,
  readTaskId,
  readTaskParam,
  readTaskStatus,
} from '../../src/protocol/bodies.ts';
import { encodeText } from '../../src/protocol/text.ts';

const message = (members: object): Uint8Array => encodeText(JSON.stringify({ jsonrpc: '2.0', ...members }));
const withParams = (params: unknown): Uint8Array => message({ id: 1, method: 'any', params });
const withResult = (result: unknown): Uint8Array => message({ id: 1, result });

describe('the handshake', () => {
  test('who the client is and what it can', () => {
    const params = {
      protocolVersion: '2025-11-25',
      clientInfo: { name: 'inspector', version: '2', title: 'ignored' },
      capabilities: { sampling: {} },
    };
    expect(readInitializeParams(withParams(params))).toEqual({
      protocolVersion: '2025-11-25',
      clientInfo: { name: 'inspector', version: '2' },
      capabilities: { sampling: {} },
    });
  });

  test('what the server agreed to', () => {
    const result = {
      protocolVersion: '2025-06-18',
      serverInfo: { name: 'everything', version: '1' },
      capabilities: { tools: { listChanged: true } },
    };
    expect(readInitializeResult(withResult({ ...result, instructions: 'Be kind.' }))).toEqual({
      ...result,
      instructionsPresent: true,
    });
    expect(readInitializeResult(withResult(result))?.instructionsPresent).toBe(false);
  });

  test('what is missing is empty, but for the version', () => {
    expect(readInitializeParams(withParams({ protocolVersion: 'x', clientInfo: 5, capabilities: [] }))).toEqual({
      protocolVersion: 'x',
      clientInfo: { name: '', version: '' },
      capabilities: {},
    });
    expect(readInitializeParams(withParams({ clientInfo: { name: 'a', version: 'b' } }))).toBeUndefined();
    expect(readInitializeResult(message({ id: 1, error: { code: 1, message: '' } }))).toBeUndefined();
  });

  test('names are cut', () => {
    const info = { name: 'n'.repeat(1000), version: 'v'.repeat(1000) };
    const read = readInitializeParams(withParams({ protocolVersion: 'p'.repeat(1000), clientInfo: info }));
    expect([read?.protocolVersion.length, read?.clientInfo.name.length, read?.clientInfo.version.length]).toEqual([
      256, 256, 256,
    ]);
  });
});

describe('the revisions that a server says it speaks', () => {
  const read = (supportedVersions: unknown) => readSupportedVersions(withResult({ supportedVersions }));

  test('are those that it lists', () => {
    expect(read(['2026-07-28', '2027-01-01'])).toEqual(['2026-07-28', '2027-01-01']);
    expect(read([])).toEqual([]);
  });

  test('are all or none: of too many, of too long ones and of what is no list of texts nothing is known', () => {
    expect(read(Array.from({ length: 16 }, () => 'v'.repeat(64)))).toHaveLength(16);
    expect(read(Array.from({ length: 17 }, () => 'v'))).toBeUndefined();
    expect(read(['2026-07-28', 'v'.repeat(65)])).toBeUndefined();
    for (const odd of [undefined, null, '2026-07-28', { 0: 'a' }, ['2026-07-28', 5]]) expect(read(odd)).toBeUndefined();
    expect(readSupportedVersions(message({ id: 1, error: { code: 1, message: '' } }))).toBeUndefined();
  });
});

describe('tasks', () => {
  test('the id of a created task, in both eras (R22)', () => {
    expect(readTaskId(withResult({ task: { taskId: 't1', status: 'working' } }))).toBe('t1');
    expect(readTaskId(withResult({ resultType: 'task', taskId: 't2', status: 'working' }))).toBe('t2');
    expect(readTaskId(withResult({ resultType: 'complete', taskId: 't3' }))).toBeUndefined();
    expect(readTaskId(withResult({ content: [] }))).toBeUndefined();
  });

  test('its status, and which task a request means', () => {
    expect(readTaskStatus(withParams({ taskId: 't1', status: 'completed' }))).toEqual({
      taskId: 't1',
      status: 'completed',
    });
    expect(readTaskStatus(withParams({ taskId: 't1' }))).toBeUndefined();
    expect(readTaskStatus(withParams({ status: 'completed' }))).toBeUndefined();
    expect(readTaskParam(withParams({ taskId: 't1' }))).toBe('t1');
    expect(readTaskParam(withParams({ taskId: 1 }))).toBeUndefined();
  });

  test('an id that is too long to keep is none, rather than a part of one', () => {
    const longest = 't'.repeat(4096);
    expect(readTaskParam(withParams({ taskId: longest }))).toBe(longest);
    expect(readTaskParam(withParams({ taskId: `${longest}t` }))).toBeUndefined();
  });
});

describe('what a new connection has to be told again', () => {
  test('subscriptions and the log level', () => {
    expect(readSubscribeUri(withParams({ uri: 'file:///a' }))).toBe('file:///a');
    expect(readLoggingLevel(withParams({ level: 'warning' }))).toBe('warning');
  });
});

test.each(['', '{', 'null', '[]', '{"params":null,"result":7}', '{"__proto__":{"params":{"level":"x"}}}'])(
  'nothing is read from %j, and nothing throws',
  (text) => {
    const bytes = encodeText(text);
    const readers = [readInitializeParams, readInitializeResult, readTaskId, readTaskStatus, readTaskParam];
    for (const read of [...readers, readSubscribeUri, readLoggingLevel]) expect(read(bytes)).toBeUndefined();
  },
);
