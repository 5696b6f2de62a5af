/** How the admin listener says what it answers: JSON with headers that keep it from being kept, framed or taken for something else. */

import type { ServerResponse } from 'node:http';

import type { ApiAnswer } from './operation.ts';
import { type Problem, problemBody, problemHeaders, problemTable } from './problems.ts';

/** Nothing of this is kept by a browser, shown inside another page, or taken for something else. */
export const quietHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

export function answer(response: ServerResponse, said: ApiAnswer): void {
  if ('problem' in said) {
    refuse(response, said);
    return;
  }
  if (said.status === 204) {
    response.writeHead(204, quietHeaders);
    response.end();
    return;
  }
  answerJson(response, said.status, said.body);
}

export function answerText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { ...quietHeaders, 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

export function refuse(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status } = problemTable[problem.problem];
  // Who is not let in does not keep a connection, and what else was sent on it is not read.
  if (status === 401 || status === 403 || status === 413 || status === 429) response.setHeader('Connection', 'close');
  for (const [name, value] of Object.entries(problemHeaders(problem))) response.setHeader(name, value);
  answerJson(response, status, problemBody(problem));
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    ...quietHeaders,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
