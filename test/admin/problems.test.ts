import { expect, test } from 'vitest';
import { problemBody, problemTable } from '../../src/admin/problems.ts';

test('a problem says its code and a sentence: its own, or that of the table', () => {
  expect(problemBody({ problem: 'BAD_REQUEST', message: 'limit is a number' })).toEqual({
    error: { code: 'BAD_REQUEST', message: 'limit is a number' },
  });
  expect(problemBody({ problem: 'NOT_FOUND' }).error.message).toBe(problemTable.NOT_FOUND.message);
});

test('the codes and their HTTP statuses are these', () => {
  expect(Object.fromEntries(Object.entries(problemTable).map(([code, { status }]) => [code, status]))).toEqual({
    BAD_REQUEST: 400,
    UNAUTHORIZED: 401,
    FAULTS_OFF: 403,
    FOREIGN_HOST: 403,
    NOT_FOUND: 404,
    NO_SUCH_PROCESS: 404,
    SESSION_NOT_FOUND: 404,
    REQUEST_NOT_FOUND: 404,
    NO_RULES: 404,
    NOT_PAUSED: 404,
    NO_BREAKPOINT: 404,
    NO_CLUSTER: 404,
    NO_DRY_RUN: 404,
    METHOD_NOT_ALLOWED: 405,
    TAG_NOT_CHANGED: 409,
    TOO_MANY_BREAKPOINTS: 409,
    RULES_NOT_TAKEN: 409,
    BODY_TOO_LARGE: 413,
    TOO_MANY_REQUESTS: 429,
    INTERNAL: 500,
    PROCESS_GONE: 502,
    CLUSTER_AWAY: 503,
    PROCESS_SILENT: 504,
  });
});
