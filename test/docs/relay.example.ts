import type { Link } from '../../src/testing.ts';

export function relay(client: Link, server: Link): void {
  const ids = new Map<unknown, string | number>();
  let next = 100;
  client.onmessage = (message) => {
    const { id, method, params } = message;
    if (method === 'notifications/cancelled') {
      // Under its old id the server does not know it.
      const [requestId] = [...ids].find(([, old]) => old === params?.['requestId']) ?? [];
      if (requestId !== undefined) void server.send({ ...message, params: { ...params, requestId } });
    } else if (method === undefined || id == null) {
      void server.send(message);
    } else {
      ids.set(next, id);
      void server.send({ ...message, id: next++ });
    }
  };
  server.onmessage = (message) => {
    if (message.method !== undefined) return void client.send(message);
    const id = ids.get(message.id);
    if (id !== undefined) void client.send({ ...message, id });
    ids.delete(message.id);
  };
  client.onclose = () => void server.close();
  server.onclose = () => void client.close();
}
