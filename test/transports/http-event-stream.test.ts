import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { FixedDelay } from '../../src/transports/fixed-delay.ts';
import { EventStream } from '../../src/transports/http-event-stream.ts';
import { type RawConnection, bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

const text = (said: string): Uint8Array => new TextEncoder().encode(said);

async function opened(
  clock: VirtualClock,
  waiting: (bytes: number) => void = () => {},
): Promise<{ connection: RawConnection; stream: EventStream }> {
  const { connection, next } = await bareServer();
  connection.writes('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [, response] = await next();
  const surroundings = { heartbeats: new FixedDelay(clock, 10), patienceMs: 1000 };
  return { connection, stream: new EventStream(response, ['X', 'y'], { waiting }, surroundings) };
}

describe('a stream of events', () => {
  test('is known to be open before anything is said', async () => {
    const { connection, stream } = await opened(new VirtualClock());
    stream.flush();
    const head = await connection.until((said) => said.includes('\r\n\r\n'));
    for (const line of ['200 OK', 'X: y', 'text/event-stream', 'no-cache, no-transform', 'X-Accel-Buffering: no']) {
      expect(head).toContain(line);
    }
    connection.socket.destroy();
  });

  test('P14 says a comment when it was silent from one look to the next, and no sooner', async () => {
    const clock = new VirtualClock();
    const { connection, stream } = await opened(clock);
    clock.advance(10);
    stream.write(text('data: 1\n\n'));
    clock.advance(10);
    stream.write(text('data: 2\n\n'));
    clock.advance(20);
    stream.write(text('data: 3\n\n'));
    stream.end();
    const said = await connection.until((all) => all.endsWith('0\r\n\r\n'));
    expect(said.match(/data: \d|: keepalive/g)).toEqual(['data: 1', 'data: 2', ': keepalive', 'data: 3']);
    expect(clock.pending).toBe(1);
    clock.advance(10);
    expect(clock.pending).toBe(0);
    connection.socket.destroy();
  });

  test('whose client is gone says nothing more', async () => {
    const clock = new VirtualClock();
    const { stream } = await opened(clock);
    stream.closed();
    clock.advance(100);
    expect([clock.pending, stream.waiting]).toEqual([0, 0]);
  });

  test('P16 that has ended and is not read counts until its client is gone', async () => {
    let total = 0;
    let nothingWaits = (): void => {};
    const { connection, stream } = await opened(new VirtualClock(), (bytes) => {
      total += bytes;
      if (total === 0) nothingWaits();
    });
    connection.socket.pause();
    // More than the kernel takes for a client that does not read.
    stream.write(new Uint8Array(24 * 1024 * 1024));
    stream.end();
    expect(total).toBeGreaterThan(23 * 1024 * 1024);
    const freed = new Promise<void>((resolve) => {
      nothingWaits = resolve;
    });
    connection.socket.destroy();
    await freed;
    expect([total, stream.waiting]).toEqual([0, 0]);
  });
});
