import { describe, expect, test } from 'vitest';

import { isSessionLost } from '../../src/transports/http-session-loss.ts';

describe('an answer to a message of a session', () => {
  test.each<[number, number | undefined, string, string]>([
    [404, -32001, 'Session not found', 'the official SDK, to an id that it does not know'],
    [404, undefined, '', 'whoever says no more'],
    [404, undefined, 'Not Found', 'a web server in front'],
    [400, -32000, 'Bad Request: Server not initialized', 'the official SDK, to any id before it has one'],
    [400, -32000, 'Bad Request: No valid session ID provided', 'server-everything'],
    [400, -32600, 'Invalid session ID', 'others'],
    [400, undefined, 'Unknown session', 'others'],
    [410, undefined, 'Session has expired', 'others'],
    [503, undefined, 'Session 12 does not exist', 'others'],
    [500, -32603, 'session terminated', 'others'],
  ])('R15 R16 says that the session is lost: %i %s %j, as %s', (status, code, text, _who) => {
    expect(isSessionLost({ status, code, text })).toBe(true);
  });

  test.each([
    [404, -32601, 'Method not found'],
    [400, -32602, 'Invalid params: session expected'],
    [400, -32000, 'Bad Request: Unsupported protocol version'],
    [401, undefined, 'Session expired'],
    [403, undefined, 'Invalid session'],
    [500, undefined, 'Internal Server Error'],
    [503, undefined, 'Service Unavailable'],
    [429, undefined, 'Too many sessions'],
  ])('says nothing of the kind: %i %s %j', (status, code, text) => {
    expect(isSessionLost({ status, code, text })).toBe(false);
  });
});
