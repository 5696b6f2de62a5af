/** A process says what it knows of its cluster, and where a session is; one that is alone says that it is. */
import { describe, expect, test } from 'vitest';
import { operations } from '../../src/admin/api.ts';
import type { Administered, AdministeredCluster } from '../../src/admin/administered.ts';
import type { OperationName } from '../../src/admin/operation.ts';
import { administered, ask } from './administered-runtime.ts';
import { clusterOf } from './administered-cluster.ts';

async function answer(name: OperationName, cluster: AdministeredCluster | undefined, id = ''): Promise<unknown> {
  const operation = operations.find((each) => each.name === name);
  const process = { ...(cluster === undefined ? {} : { cluster }) } as Administered;
  return operation?.answer({ params: { id }, query: new URLSearchParams() }, process, 0);
}

describe('a node', () => {
  test('says what it knows of itself and of the others', async () => {
    expect(await answer('getCluster', clusterOf())).toEqual({ status: 200, body: clusterOf().facts() });
  });

  test('says which node has a session, that none has, and that it cannot be known now', async () => {
    const place = { node: 'other-2', epoch: 41 };
    const asked = async (whereIs: AdministeredCluster['whereIs']): Promise<unknown> =>
      answer('getSessionPlace', { ...clusterOf(), whereIs }, 'x');
    expect(await asked(async () => place)).toEqual({ status: 200, body: place });
    expect(await asked(async () => undefined)).toEqual({ problem: 'SESSION_NOT_FOUND' });
    expect(await asked(async () => Promise.reject(new Error('away')))).toEqual({ problem: 'CLUSTER_AWAY' });
  });

  test('says of a session of its own under which claim it has it', async () => {
    const { listener, open } = await administered({}, 1, clusterOf());
    const { id } = open();
    const { body } = await ask(listener.origin, `/sessions/${id}/explain`);
    expect((body['lines'] as readonly string[]).at(-1)).toBe(
      'It is on node one-1 of the cluster, by claim 7; the node is up, its lease 250 ms old.',
    );
  });
});

test('a process that is alone has no cluster', async () => {
  expect(await answer('getCluster', undefined)).toEqual({ problem: 'NO_CLUSTER' });
  expect(await answer('getSessionPlace', undefined, 'x')).toEqual({ problem: 'NO_CLUSTER' });
});
