/** Tasks of 2025-11-25: the answer is a task, the result comes later, and the progress token outlives the answer. */
import { describe, expect, test } from 'vitest';
import { notification, progress } from '../../src/testing/messages.ts';
import type { PlaybookOptions, Talk } from '../../src/testing/playbook.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

const taskResult = (taskId: string): object => ({ task: { taskId, status: 'working', ttl: null } });
const status = (taskId: string, value: string): object =>
  notification('notifications/tasks/status', { taskId, status: value, ttl: null });

/** The client asked for task `t1` under progress token `p`, and has it. */
function taskUnderWay(options?: PlaybookOptions): Talk<ScriptedServer> {
  const talk = playbook(options).open();
  talk.handshake();
  startTask(talk, 1, 't1', 'p');
  return talk;
}

function startTask({ client, server }: Talk<ScriptedServer>, id: number, taskId: string, progressToken: string): void {
  const params = { name: 'work', task: { ttl: 60_000 }, _meta: { progressToken } };
  client.asks(id, 'tools/call', params);
  server.receivesRequest(id, 'tools/call', params);
  server.answers(id, taskResult(taskId));
  client.receivesResult(id, taskResult(taskId));
}

describe('R22 a task', () => {
  test('R22 begins with the answer, which settles the request as any other', () => {
    const { session, counts } = taskUnderWay();
    expect(session.snapshot()).toMatchObject({ tasks: ['t1'], pending: [] });
    expect(counts('outcome.result')).toEqual({ 'outcome.result': 2 });
  });

  test('R22 R12 keeps its progress token until it is over', () => {
    const { client, server, counts } = taskUnderWay();
    server.sends(progress('p', 1));
    client.receives(progress('p', 1));
    expect(counts('lateProgress', 'unattributedProgress')).toEqual({ lateProgress: 0, unattributedProgress: 0 });
    server.sends(status('t1', 'completed') as never);
    client.receives(status('t1', 'completed') as never);
    server.sends(progress('p', 2));
    client.receivesNothing();
    expect(counts('lateProgress')).toEqual({ lateProgress: 1 });
  });

  test.each([
    ['working', ['t1']],
    ['input_required', ['t1']],
    ['completed', []],
    ['failed', []],
    ['cancelled', []],
  ])('R22 that is %s', (value, tasks) => {
    const { client, server, session } = taskUnderWay();
    server.sends(status('t1', value) as never);
    client.receives(status('t1', value) as never);
    expect(session.snapshot().tasks).toEqual(tasks);
  });

  test('R22 is over when its result was fetched, and the waiting for it is a request like any other', () => {
    const { client, server, session } = taskUnderWay();
    client.asks(2, 'tasks/result', { taskId: 't1' });
    server.receivesRequest(2, 'tasks/result', { taskId: 't1' });
    expect(session.snapshot()).toMatchObject({ tasks: ['t1'], pending: [{ method: 'tasks/result' }] });
    const answer = { content: [], _meta: { 'io.modelcontextprotocol/related-task': { taskId: 't1' } } };
    server.answers(2, answer);
    client.receivesResult(2, answer);
    expect(session.snapshot().tasks).toEqual([]);
  });

  test('R22 lives on when its result or its end was refused', () => {
    const { client, server, session } = taskUnderWay();
    for (const [id, method] of [
      [2, 'tasks/result'],
      [3, 'tasks/cancel'],
    ] as const) {
      client.asks(id, method, { taskId: 't1' });
      server.receivesRequest(id, method, { taskId: 't1' });
      server.answersWithError(id, -32603, 'not yet');
      expect(client.takesAll()).toHaveLength(1);
    }
    expect(session.snapshot().tasks).toEqual(['t1']);
  });

  test('R22 is over when it was cancelled by its own method', () => {
    const { client, server, session } = taskUnderWay();
    client.asks(2, 'tasks/cancel', { taskId: 't1' });
    server.receivesRequest(2, 'tasks/cancel', { taskId: 't1' });
    server.answers(2, { taskId: 't1', status: 'cancelled' });
    client.receivesResult(2, { taskId: 't1', status: 'cancelled' });
    expect(session.snapshot().tasks).toEqual([]);
  });

  test('R22 S5 is one only where one was asked for', () => {
    const { client, server, handshake, session } = playbook().open();
    handshake();
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1, taskResult('t9'));
    client.receivesResult(1, taskResult('t9'));
    expect(session.snapshot().tasks).toEqual([]);
  });

  test('R22 of the client is not that of the server, though they may have one name', () => {
    const talk = taskUnderWay();
    const { client, server, counts } = talk;
    const params = { task: {}, _meta: { progressToken: 'q' } };
    server.asks(1, 'sampling/createMessage', params);
    client.receivesRequest(1, 'sampling/createMessage', params);
    client.answers(1, taskResult('t1'));
    server.receivesResult(1, taskResult('t1'));
    client.sends(status('t1', 'completed') as never);
    server.receives(status('t1', 'completed') as never);
    server.sends(progress('p', 1));
    client.receives(progress('p', 1));
    client.sends(progress('q', 1));
    server.receivesNothing();
    expect(counts('lateProgress')).toEqual({ lateProgress: 1 });
  });

  test('R22 S7 is forgotten when there are too many: the oldest first', () => {
    const talk = taskUnderWay({ limits: { tasksPerSession: 2 } });
    startTask(talk, 2, 't2', 'p2');
    startTask(talk, 3, 't3', 'p3');
    expect(talk.session.snapshot().tasks).toEqual(['t2', 't3']);
  });
});
