import { describe, expect, test } from 'vitest';
import { errorTable, refusal, type ErrorCode } from '../src/errors.ts';

const rows = Object.entries(errorTable);

describe('the error table', () => {
  test('pins the number and the HTTP status of every code', () => {
    expect(Object.fromEntries(rows.map(([code, row]) => [code, [row.code, row.httpStatus]]))).toEqual({
      REQUEST_TIMEOUT: [5040, 504],
      UPSTREAM_LOST: [5020, 502],
      OWNER_LOST: [5021, 502],
      TOO_MANY_REQUESTS: [4290, 429],
      TOO_MANY_SESSIONS: [5030, 503],
      TOO_MANY_CONNECTIONS: [5032, 503],
      DRAINING: [5031, 503],
      BLOCKED: [4030, 200],
      FRAME_TOO_LARGE: [4130, 413],
      NOT_ALLOWED_IN_STATE: [4090, 409],
      SESSION_NOT_FOUND: [4040, 404],
      INTERCEPTOR_FAILED: [5000, 500],
      INVALID_REQUEST: [-32600, 400],
      UNSUPPORTED_PROTOCOL_VERSION: [-32022, 400],
      HEADER_MISMATCH: [-32020, 400],
      INVALID_PARAMS: [-32602, 400],
      PARSE_ERROR: [-32700, 400],
    });
  });

  test('gives no number twice, so that a number names one error', () => {
    expect(new Set(rows.map(([, row]) => row.code)).size).toBe(rows.length);
  });

  test('stays out of the range that JSON-RPC and MCP reserve, but for the numbers that they give to the same errors', () => {
    const reserved = rows.filter(([, row]) => row.code >= -32768 && row.code <= -32000).map(([code]) => code);
    expect(reserved).toEqual([
      'INVALID_REQUEST',
      'UNSUPPORTED_PROTOCOL_VERSION',
      'HEADER_MISMATCH',
      'INVALID_PARAMS',
      'PARSE_ERROR',
    ]);
  });

  test.each(rows)('%s tells the requester and the operator something', (_code, row) => {
    expect(row.message).not.toMatch(/[.!]$/);
    expect(row.operatorHint).toMatch(/^\S.*\.$/);
  });
});

test('a refusal names its row and carries an empty object when there is nothing to add', () => {
  const code: ErrorCode = 'TOO_MANY_REQUESTS';
  expect(refusal(code)).toEqual({ code, data: {} });
  expect(refusal(code, { scope: 'session' })).toEqual({ code, data: { scope: 'session' } });
});
