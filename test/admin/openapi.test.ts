/** The OpenAPI document is kept true: every path in it is called, and every answer is read with the shape that it publishes. */
import { describe, expect, test } from 'vitest';
import { operations } from '../../src/admin/api.ts';
import type { OperationName } from '../../src/admin/operation.ts';
import { hubOperations } from '../../src/admin/hub.ts';
import { descriptions, hubDescriptions, openApiDocument, problemShape } from '../../src/admin/openapi.ts';
import { problemTable } from '../../src/admin/problems.ts';
import { initialize, initializeResult } from '../../src/testing/messages.ts';
import { toolCall } from '../e2e/program.ts';
import { clusterOf } from './administered-cluster.ts';
import { administered, ask } from './administered-runtime.ts';
import { asked, hubOn, runFolderOfTest } from './hub-scene.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>>
  >;
}

const document = openApiDocument('1.2.3') as Document;

describe('the document', () => {
  test('describes every operation, itself, and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const rows = [...operations, ...hubOperations].map(({ method, path }) => `${method} ${path}`);
    expect(described).toEqual([...rows, 'GET /openapi.json']);
    expect(document.openapi).toBe('3.1.0');
  });

  test('is what the listener answers, with its version', async () => {
    const { listener } = await administered();
    expect((await ask(listener.origin, '/openapi.json')).body).toEqual(openApiDocument('0.0.0'));
  });

  test('says of every path what may be answered to whoever may not ask', () => {
    for (const operation of operations) {
      const { responses } = document.paths[operation.path]![operation.method.toLowerCase()]!;
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '429', '500']));
    }
  });
});

/** In the order in which the operations may be called, with what is sent. */
const order: readonly (readonly [name: OperationName, body?: object])[] = [
  ['getProcess'],
  ['listSessions'],
  ['getSession'],
  ['explainSession'],
  ['getLeaks'],
  ['getCluster'],
  ['getSessionPlace'],
  ['addTag'],
  ['removeTag'],
  ['getTotals'],
  ['getRules'],
  ['reloadRules'],
  ['listPaused'],
  ['getPaused'],
  ['resumePaused'],
  ['modifyPaused', { message: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'other' } } }],
  ['blockPaused', { code: 4031, message: 'not now' }],
  ['startDryRun', { text: 'version: 1\nrules: [{ id: n, do: [block: {}] }]' }],
  ['getDryRun'],
  ['stopDryRun'],
  ['addBreakpoint', { kind: 'request', session: 'nobody' }],
  ['listBreakpoints'],
  ['removeBreakpoint'],
  ['injectFault', { fault: 'kill-upstream' }],
  ['closeSession'],
  ['drain'],
];

test('every operation answers with the status and the shape that are published', async () => {
  const { listener, open } = await administered({}, 1, clusterOf());
  const session = open();
  const send = (message: object): void => {
    session.client.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
  };
  send(initialize('a'));
  session.server.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 'a', result: initializeResult() })));
  for (const id of [0, 1, 2]) send(toolCall(id, 'hold'));
  expect(order.map(([name]) => name).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  for (const [name, body] of order) {
    const { method, path } = operations.find((operation) => operation.name === name)!;
    const given = {
      removeBreakpoint: 'b1',
      getPaused: 'p1',
      resumePaused: 'p1',
      modifyPaused: 'p2',
      blockPaused: 'p3',
    } as const;
    const id = Object.entries(given).find(([each]) => each === name)?.[1] ?? session.id;
    const place = path.replace('{id}', id).replace('{tag}', 'mine');
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await ask(listener.origin, place, init);
    const described = descriptions[name];
    expect([name, answer.status]).toEqual([name, described.status]);
    expect([name, described.request?.safeParse(body).error?.issues]).toEqual([name, undefined]);
    if (described.body === undefined) expect(answer.body).toBe('');
    else expect([name, described.body.safeParse(answer.body).error?.issues]).toEqual([name, undefined]);
  }
});

test('every problem that an answer shows has the published shape', async () => {
  const { listener } = await administered();
  for (const [path, init] of [
    ['/sessions?limit=x', {}],
    ['/sessions/x', {}],
    ['/x', {}],
    ['/drain', {}],
    ['/process', { headers: { Authorization: 'Bearer x' } }],
  ] as const) {
    const { status, body } = await ask(listener.origin, path, init);
    const { error } = problemShape.parse(body);
    expect(problemTable[error.code].status).toBe(status);
  }
});

test.each(hubOperations)('$name of the hub answers with the status and the shape that are published', async (row) => {
  const { listener } = await hubOn(runFolderOfTest());
  const { status, body } = await asked(listener.origin, row.path, { method: row.method });
  const described = hubDescriptions[row.name];
  expect([status, described.body?.safeParse(body).error?.issues]).toEqual([described.status, undefined]);
});
