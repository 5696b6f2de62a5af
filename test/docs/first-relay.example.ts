import type { Link } from '../../src/testing.ts';

/** Gives requests of a client other ids on their way to the server, and their answers the old ones on their way back. */
export function relay(client: Link, server: Link): void {
  const ids = new Map<unknown, string | number>();
  let next = 100;
  client.onmessage = (message) => {
    if (message.method === undefined || message.id == null) return void server.send(message);
    ids.set(next, message.id);
    void server.send({ ...message, id: next++ });
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
